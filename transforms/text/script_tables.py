"""The script of every code point: Unicode 18's property Script, by ISO 15924 codes.

The literal is what ``python -m tests.house.script_tables`` prints.
"""

import re
from functools import lru_cache

import numpy as np

from transforms.text.unicode import Bytes

# Runs of code points from 0 on: their number in base 36, then the code of their script. A full stop stands for
# Common, Inherited and Unknown, and all behind the last run is Unknown.
_RUNS = (
    "1t.qLatn6.qLatn1b.1Latnf.1Latn5.nLatn1.vLatn1.chLatn13.5Latn5.2Bopo3o.4Grek1.3Grek2.4Grek1.1Grek4.1Grek1.1Grek1.3"
    "Grek1.1Grek1.kGrek1.1rGrekeCoptgGrek3pCyrl2.4pCyrl1.12Armn1.1kArmn1.1lHebr6.rHebr4.6Hebrb.5Arab1.6Arab1.eArab1.3A"
    "rab1.wArab1.aArabb.qArab1.30Arab1.yArabeSyrc1.1oSyrc2.3Syrc1cArab1eThaae.1nNkoo2.3Nkoo1aSamr2.fSamr1.sMand2.1Mand"
    "1.bSyrc5.yArab5.23Arab1.tArab29Deva4.fDeva2.qDeva4Beng1.8Beng2.2Beng2.mBeng1.7Beng1.1Beng3.4Beng2.9Beng2.2Beng2.4"
    "Beng8.1Beng4.2Beng1.5Beng2.pBeng2.3Guru1.6Guru4.2Guru2.mGuru1.7Guru1.2Guru1.2Guru1.2Guru2.1Guru1.5Guru4.2Guru2.3G"
    "uru3.1Guru7.4Guru1.1Guru7.hGurua.3Gujr1.9Gujr1.3Gujr1.mGujr1.7Gujr1.2Gujr1.5Gujr2.aGujr1.3Gujr1.3Gujr2.1Gujrf.4Gu"
    "jr2.cGujr7.7Gujr1.3Orya1.8Orya2.2Orya2.mOrya1.7Orya1.2Orya1.5Orya2.9Orya2.2Orya2.3Orya5.5Orya4.2Orya1.5Orya2.iOry"
    "aa.2Taml1.6Taml3.3Taml1.4Taml3.2Taml1.1Taml1.2Taml3.2Taml3.3Taml3.cTaml4.5Taml3.3Taml1.4Taml2.1Taml6.1Tamle.lTaml"
    "5.dTelu1.3Telu1.nTelu1.gTelu2.9Telu1.3Telu1.4Telu7.2Telu1.3Telu1.2Telu2.4Telu2.aTelu7.9TeludKnda1.3Knda1.nKnda1.a"
    "Knda1.5Knda2.9Knda1.3Knda1.4Knda7.2Knda5.3Knda1.4Knda2.aKnda1.3Kndac.dMlym1.3Mlym1.1fMlym1.3Mlym1.6Mlym4.gMlym2.q"
    "Mlym1.3Sinh1.iSinh3.oSinh1.9Sinh1.1Sinh2.7Sinh3.1Sinh4.6Sinh1.1Sinh1.8Sinh6.aSinh2.3Sinhc.1mThai5.sThai11.2Laoo1."
    "1Laoo1.5Laoo1.oLaoo1.1Laoo1.nLaoo2.5Laoo1.1Laoo1.7Laoo1.aLaoo2.4Laoow.20Tibt1.10Tibt4.13Tibt1.10Tibt1.fTibt1.7Tib"
    "t4.2Tibt11.4gMymr12Geor1.1Geor5.1Geor2.17Geor1.4Geor74Hang21Ethi1.4Ethi2.7Ethi1.1Ethi1.4Ethi2.15Ethi1.4Ethi2.xEth"
    "i1.4Ethi2.7Ethi1.1Ethi1.4Ethi2.fEthi1.1lEthi1.4Ethi2.1vEthi2.wEthi3.qEthi6.2eCher2.6Cher2.hsCanstOgam3.23Runr3.bR"
    "unr7.mTglg9.1TglglHanob.kBuhdc.dTagb1.3Tagb1.2Tagbc.2mKhmr2.aKhmr6.aKhmr6.2Mong2.1Mong1.kMong6.2hMong7.17Mong5.1y"
    "Cansa.vLimb1.cLimb4.cLimb4.1Limb3.cLimbuTale2.5Taleb.18Talu4.qTalu6.bTalu3.2TaluwKhmrsBugi2.2Bugi1rLana1.tLana2.b"
    "Lana6.aLana6.eLana2a.25Bali1.1eBali1sSund1gBatk8.4Batk1kLepc3.fLepc3.3Lepc1cOlckbCyrl5.17Geor2.3Geor8Sund1k.12Lat"
    "n5Grek1Cyrl1dLatn5Grek4Latn5GrekdLatn1Cyrl1yLatn1Grek1s.74LatnmGrek2.6Grek2.12Grek2.6Grek2.8Grek1.1Grek1.1Grek1.1"
    "Grek1.vGrek2.1hGrek1.fGrek1.eGrek2.6Grek1.jGrek2.3Grek1.9Grek36.1Latnd.1Latng.gLatn3q.1Grek3.2Latn6.1Latnr.1Latnh"
    ".15Latn19z.74Brailc.2oGlagwLatn38Copt5.7Copt12Geor1.1Geor5.1Geor2.1kTfng7.2Tfnge.1TfngnEthi9.7Ethi1.7Ethi1.7Ethi1"
    ".7Ethi1.7Ethi1.7Ethi1.7Ethi1.7Ethi1.wCyrl3k.qHani1.2hHanic.5yHani1b.1Hani1.1Hanip.9Hani4.2Hang8.4Hani5.2eHira6.3H"
    "ira1.2iKana2.3Kana5.17Bopo1.2mHangh.wBopo1c.gKanavHang1t.vHang29.1bKana1.2gKana4o.534Hani1s.g74HaniwdYiii3.1jYiii"
    "9.1cLisu8cVaiik.2oCyrl2gBamu16.2uLatn3.2bLatn4.1Latne.fLatn19Syloj.1kPhag8.1ySaur8.cSaur6.wDeva1aKali1.1Kali10Rjn"
    "gb.1RjngtHang3.26Java2.aJava4.2JavavMymr1.1jCham9.eCham2.aCham2.4ChamwMymr1vTavto.5TavtnMteia.6Ethi2.6Ethi2.6Ethi"
    "9.7Ethi1.7Ethi1.17Latn1.9Latn1Grek4Latn2.2Latn2.28Cher1aMtei2.aMtei6.8mcHangc.nHang4.1dHang6is.a6Hani2.2yHani12.7"
    "Latnc.5Armn5.qHebr1.5Hebr1.1Hebr1.2Hebr1.2Hebr1.aHebrdqArab2.40Arabw.gArab1a.2Cyrl1s.5Arab1.3rArab10.qLatn6.qLatn"
    "b.aKana1.19Kana2.vHang3.6Hang2.6Hang2.6Hang2.3Hangz.cLinb1.qLinb1.jLinb1.2Linb1.fLinb2.eLinby.3fLinb1x.27Grekh.1G"
    "rek67.tLyci3.1dCari1b.10Ital9.3ItalrGoth5.17Perm5.uUgar1.1Ugar10Xpeo4.eXpeo16.28Dsrt1cShawuOsma2.aOsma6.10Osge4.1"
    "0Osge4.14Elba8.1gAghbb.1AghbbVith1.fVith1.7Vith1.2Vith1.bVith1.fVith1.7Vith1.2Vith3.1gTodrc.8nLina9.mLinaa.8Linao"
    ".6Latn1.16Latn1.eLatn1s.6Cprt2.1Cprt1.18Cprt1.2Cprt3.1Cprt2.1CprtmArmi1.9ArmiwPalmvNbat8.9Nbat1c.jHatr1.2Hatr5.5H"
    "atrsPhnx3.1PhnxqLydi5.1LydiqSidt12.wMerooMerc4.kMerc2.1aMerc4Khar1.2Khar5.8Khar1.3Khar1.tKhar2.3Khar4.aKhar7.9Kha"
    "r7.wSarbwNarbw.13Mani4.cMani9.1iAvst3.7AvstmPrti2.8PrtijPhli5.8PhliiPhlp7.4Phlpc.7Phlp28.21Orkh1j.1fHungd.1fHung7"
    ".6Hung14Rohg8.aRohg6.12Gara3.tGara8.2Gara5s.vArab1.16Yezi1.3Yezi2.2Yezig.6Arab1.12Arab1.gArab14Sogo8.16Sogdm.qOug"
    "r12.sChrsk.nElym9.26Brah4.10Brah9.1Brah1vKthia.1Kthi2.pSora7.aSora6.1hCakm1.iCakm8.13Mahj9.2oShrd1.kSinhb.iKhoj1."
    "1bKhoj1q.7Mult1.1Mult1.4Mult1.fMult1.bMult6.1nSind5.aSind6.4Gran1.8Gran2.2Gran2.mGran1.7Gran1.2Gran1.5Gran2.9Gran"
    "2.2Gran2.3Gran2.1Gran6.1Gran5.7Gran2.7Gran3.5Granb.aTutg1.1Tutg2.1Tutg1.12Tutg1.aTutg1.1Tutg2.1Tutg1.4Tutg1.aTutg"
    "1.2Tutg8.2Tutgt.2kNewa1.5Newau.20Tirh8.aTirh4m.1iSidd2.12Siddy.1xModib.aModi6.dMongj.1mTakr6.aTakr6.kMymrs.rAhom2"
    ".fAhom4.nAhom55.1oDogr2s.2bWarac.1Wara7Diak2.1Diak2.8Diak1.2Diak1.uDiak1.2Diak2.cDiak9.aDiak1y.8Nand2.1aNand2.bNa"
    "ndr.20Zanb8.2bSoyod.gCans1lPauc7.bDeva2d.8Shrd2g.ySunue.aSunu6.9Bhks1.19Bhks1.eBhksa.tBhks3.wMarc2.mMarc1.eMarc21"
    ".7Gonm1.2Gonm1.18Gonm3.1Gonm1.2Gonm1.9Gonm8.aGonm6.6Gong1.2Gong1.11Gong1.2Gong1.6Gong7.aGong6.18Tols4.aTols6.2Ben"
    "g6m.pMaka7.hKawi1.15Kawi3.tKawi2d.1Lisuf.1eTamld.1TamlpmXsux2u.90Xsuxc.2gXsux4kPcun1nXsux1s9.2rCpmnd.uuEgypa.32zE"
    "gyp5.g7Hluw5a1.1mGukh1c6.ftBamu7.vMroo1.aMroo4.2Mroo27Tnsa1.aTnsa6.uBass2.6Bassa.1yHmnga.aHmng1.7Hmng1.lHmng5.jHm"
    "ngc0.1mKrai5i.2jMedf5.pBerf2.pBerf18.23Plrd4.1lPlrd7.hPlrd1s.1Tang1Nshu2Hani1Kitsb.7Hani9.5c0Tangd7Kits10.1KitsxT"
    "ang2n.37Tangd.peJurce.1fJurc5y5.4Kana1.7Kana1.2Kana1.1Kana7zHira3Kana1Hira5Kana9.1Hirat.3Hira2.1Kanae.5Kana7.b0Ns"
    "hu1s4.2zDupl5.dDupl3.9Dupl7.aDupl2.4Dupl480.1yGrek14q.i4Sgnwf.5Sgnw1.fSgnwuo.3mLatne.7Latn1i.12Latn2GrekbLatn7Gla"
    "g1.hGlag2.7Glag1.2Glag1.5Glag5.1qCyrlx.1Cyrl34.19Hmnp3.eHmnp2.aHmnp4.2Hmnp8w.vTotoh.1mWcho5.1Wchocw.16Nagm5y.17On"
    "ao4.1Onao5c.vTayo1.mTayo8.2Tayo68.7Ethi1.4Ethi1.2Ethi1.fEthi1.5hMend2.gMend15.24Adlm4.aAdlm4.2Adlmww.4Arab1.rArab"
    "1.2Arab1.1Arab2.1Arab1.aArab1.4Arab1.1Arab1.1Arab6.1Arab4.1Arab1.1Arab1.1Arab1.3Arab1.2Arab1.1Arab2.1Arab1.1Arab1"
    ".1Arab1.1Arab1.1Arab1.2Arab1.1Arab2.4Arab1.7Arab1.4Arab1.4Arab1.1Arab1.aArab1.hArab5.3Arab1.5Arab1.hArab1g.2Arabl"
    "q.1Hira2rj.wyoHaniw.3drHani1.4geHani2.5rlHanif.haHani1wi.f2Hani15u.3t7Hani5.6juHaniupy.8qoSeal"
)
_PAIRS = re.findall(r"([0-9a-z]+)([A-Z][a-z]{3}|\.)", _RUNS)

SCRIPTS = tuple(sorted({code for _, code in _PAIRS} - {"."}))
"""ISO 15924 codes of all scripts of Unicode, in alphabetical order."""


@lru_cache(maxsize=1)
def script_table() -> Bytes:
    """Give the script of every code point, as its place in ``SCRIPTS`` and one more; 0 for none; 0x110000 bytes."""
    numbers = {code: number for number, code in enumerate((".", *SCRIPTS))}
    runs = np.repeat(
        np.array([numbers[code] for _, code in _PAIRS], np.uint8), [int(length, 36) for length, _ in _PAIRS]
    )
    table = np.zeros(0x110000, np.uint8)
    table[: len(runs)] = runs
    return table
