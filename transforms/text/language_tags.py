"""Labels of fastText's language models as BCP-47 tags, so that results of different models can be compared."""

from collections.abc import Iterator

# ISO 639-2 and 639-3 codes of the languages that have a code in ISO 639-1, which BCP 47 then asks for.
_TWO_LETTERS = (
    "aar:aa abk:ab afr:af aka:ak alb:sq amh:am ara:ar arg:an arm:hy asm:as ava:av ave:ae aym:ay aze:az bak:ba bam:bm "
    "baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg bur:my cat:ca ces:cs cha:ch che:ce chi:zh chu:cu chv:cv "
    "cor:kw cos:co cre:cr cym:cy cze:cs dan:da deu:de div:dv dut:nl dzo:dz ell:el eng:en epo:eo est:et eus:eu ewe:ee "
    "fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy ful:ff geo:ka ger:de gla:gd gle:ga glg:gl glv:gv gre:el grn:gn "
    "guj:gu hat:ht hau:ha hbs:sh heb:he her:hz hin:hi hmo:ho hrv:hr hun:hu hye:hy ibo:ig ice:is ido:io iii:ii iku:iu "
    "ile:ie ina:ia ind:id ipk:ik isl:is ita:it jav:jv jpn:ja kal:kl kan:kn kas:ks kat:ka kau:kr kaz:kk khm:km kik:ki "
    "kin:rw kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la lav:lv lim:li lin:ln lit:lt ltz:lb lub:lu lug:lg "
    "mac:mk mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt mon:mn mri:mi msa:ms mya:my nau:na nav:nv nbl:nr "
    "nde:nd ndo:ng nep:ne nld:nl nno:nn nob:nb nor:no nya:ny oci:oc oji:oj ori:or orm:om oss:os pan:pa per:fa pli:pi "
    "pol:pl por:pt pus:ps que:qu roh:rm ron:ro rum:ro run:rn rus:ru sag:sg san:sa sin:si slk:sk slo:sk slv:sl sme:se "
    "smo:sm sna:sn snd:sd som:so sot:st spa:es sqi:sq srd:sc srp:sr ssw:ss sun:su swa:sw swe:sv tah:ty tam:ta tat:tt "
    "tel:te tgk:tg tgl:tl tha:th tib:bo tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr uig:ug ukr:uk urd:ur uzb:uz ven:ve "
    "vie:vi vol:vo wel:cy wln:wa wol:wo xho:xh yid:yi yor:yo zha:za zho:zh zul:zu"
)

# Members of macrolanguages that CLDR 47 (languageAlias in supplementalMetadata.xml) names by the macrolanguage, whose
# code is in use for the one member that is written most.
_MACROLANGUAGES = (
    "aju:jrb als:sq arb:ar ayr:ay azj:az bcc:bal bcl:bik bxk:luy bxr:bua cld:syr cls:sa cmn:zh cwd:cr dgo:doi dhd:mwr "
    "dik:din diq:zza ekk:et emk:man esk:ik fat:ak fuc:ff gaz:om gbo:grb gno:gon gom:kok gug:gn gya:gba hdn:hai hea:hmn "
    "ike:iu khk:mn kmr:ku knc:kr kng:kg kpv:kv lbk:bnc lvs:lv mhr:chm mnk:man mup:raj npi:ne ojg:oj ory:or pbu:ps "
    "pes:fa plt:mg pnb:lah prs:fa-AF quz:qu rmy:rom spy:kln src:sc swc:sw-CD swh:sw ttq:tmh tw:ak twi:ak umu:del "
    "uzn:uz xpe:kpe xsl:den ydd:yi zai:zap zsm:ms zyb:za"
)

# Codes that ISO 639 or IANA's registry has given up, by what CLDR or the registry has in their place.
_RETIRED = (
    "aam:aas adp:dz agp:apf ais:ami ajp:apc ajt:aeb asd:snz aue:ktz ayx:nun baz:nvo bgm:bcg bh:bho bhk:fbl bic:bir "
    "bih:bho bjd:drl bjq:bzc bkb:ebk blg:iba btb:beb ccq:rki cjr:mom cka:cmr cmk:xch coy:pij cqu:quh daf:dnj dap:njz "
    "dek:sqm dit:dif djl:dze dkl:aqd drh:mn drr:kzk drw:fa-AF dud:uth duj:dwu dwl:dbt elp:amq gav:dev gbc:wny gfx:vaj "
    "ggn:gvr ggo:esg ggr:gtu gio:aou gli:kzk gti:nyc guv:duz him:srx hrr:jal ibi:opa ill:ilm ilw:gal in:id iw:he "
    "izi:eza jar:jgk jeg:oyb ji:yi jw:jv kdv:zkd kgc:tdf kgd:ncq kgh:kml kgm:plu koj:kwv kpp:jkm krm:bmf ktr:dtp "
    "kvs:gdj kwq:yam kxe:tvd kxl:kru kzh:dgl kzj:dtp kzt:dtp lak:ksp leg:enl lii:raq llo:ngt lmm:rmx meg:cir mgx:jbk "
    "mnt:wnn mo:ro mof:xnt mol:ro mst:mry mwd:dmw mwj:vaj myd:aog myt:mry nad:xny nbf:nru nbx:gll ncp:kdz nln:azd "
    "nlr:nrk nns:nbr nnx:ngv nom:cbr noo:dtd nte:eko nts:pij nxu:bpp oun:vaj pat:kxr pcr:adx pmc:huw pmk:crr pmu:phr "
    "ppa:bfy ppr:lcq prp:gu pry:prt puz:pub rmr:emx sap:aqt sca:hle sgl:isk skk:oyb smd:kmb snb:iba sul:sgd sum:ulw "
    "szd:umi tdu:dtp tgg:bjp thc:tpo thw:ola thx:oyb tid:itd tie:ras tkk:twm tlw:weo tmk:tdg tmp:tyj tne:kak tnf:fa-AF "
    "tpw:tpn tsf:taj unp:wro uok:ema wgw:wgb wit:nol wiw:nwo xba:cax xia:acn xkh:waw xrq:dmw xsj:suj xss:zko ybd:rki "
    "yen:ynq yiy:yrm yma:lrr ymt:mtm yos:zom yuu:yug zir:scv zkb:kjh"
)

# IANA's Suppress-Script (registry of 2025-08-25): the script that a language's tag does not name.
_LATIN = (
    "af ay bs ca ch cs cy da de dsb en eo es et eu fi fj fo fr frr frs fy ga gl gn gsw gv hr hsb ht hu id in is it kl "
    "la lb ln lt lv men mg mh mo ms mt na nb nd nds niu nl nn no nr nso ny om pl pt qu rm rn ro rw sg sk sl sm so sq "
    "ss st sv sw tem tkl tl tmh tn to tpi tr ts tvl ve vi xh zu"
)
_NOT_LATIN = (
    "ab:Cyrl am:Ethi ar:Arab as:Beng be:Cyrl bg:Cyrl bn:Beng dv:Thaa dz:Tibt el:Grek fa:Arab gu:Gujr he:Hebr hi:Deva "
    "hy:Armn iw:Hebr ja:Jpan ka:Geor kk:Cyrl km:Khmr kn:Knda ko:Kore kok:Deva lo:Laoo mai:Deva mk:Cyrl ml:Mlym mr:Deva "
    "my:Mymr ne:Deva nqo:Nkoo or:Orya pa:Guru ps:Arab ru:Cyrl si:Sinh ta:Taml te:Telu th:Thai ti:Ethi uk:Cyrl ur:Arab "
    "yi:Hebr zbl:Blis"
)


# What Wikipedia's editions were called, and models trained on them still say. Bare als is Alemannic there; with a
# script it is ISO 639-3's Tosk Albanian.
_WIKIPEDIA = {
    "als": "gsw",
    "bat-smg": "sgs",
    "be-x-old": "be-tarask",
    "fiu-vro": "vro",
    "map-bms": "jv-x-bms",
    "roa-rup": "rup",
    "roa-tara": "nap-x-tara",
    "zh-classical": "lzh",
    "zh-min-nan": "nan",
    "zh-yue": "yue",
}


def _pairs(literal: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in literal.split())


_ALIASES = _pairs(_TWO_LETTERS) | _pairs(_MACROLANGUAGES) | _pairs(_RETIRED)
_SUPPRESSED = dict.fromkeys(_LATIN.split(), "Latn") | _pairs(_NOT_LATIN)


def bcp47(label: str) -> str:
    """Write a model's label as a BCP-47 tag, in the case that RFC 5646 recommends.

    Labels may be those of lid.176 (ISO 639-1, 639-3 and Wikipedia's codes), of GlotLID, OpenLID and NLLB (ISO 639-3
    and script), or BCP-47 tags. A language has two letters where ISO 639-1 has them, and stands for its macrolanguage
    where CLDR says so; a script is left out only where IANA's registry suppresses it. So labels that mean one
    language share a tag, ``arb_Arab`` and ``ar``, or ``twi_Latn`` and ``aka_Latn``.

    ``sh`` (Serbo-Croatian), ``cnr`` and ``tl`` stay, as in IANA's registry: CLDR's sr-Latn, sr-ME and fil would say
    more than the model knows. What is not known is written in that case too, with ``-`` for ``_``; nothing raises.

    Args:
        label: With or without fastText's ``__label__``.

    Example:
        >>> [bcp47(label) for label in ("en", "eng_Latn", "zho_Hans", "srp_Cyrl", "prs_Arab", "als", "als_Latn")]
        ['en', 'en', 'zh-Hans', 'sr-Cyrl', 'fa-AF', 'gsw', 'sq']
    """
    tag = label.removeprefix("__label__").replace("_", "-")
    if not tag.isascii():
        return tag
    tag = tag.lower()
    if tag in _WIKIPEDIA:
        return _WIKIPEDIA[tag]
    language, *others = tag.split("-")
    language, *region = _ALIASES.get(language, language).split("-")
    script = others[:1] if _is_script(*others[:1]) else []
    others = others[len(script) :]
    if script and script[0].capitalize() == _SUPPRESSED.get(language):
        script = []
    if _is_region(*others[:1]):
        region = []
    return "-".join(_cased([language, *script, *region, *others]))


def _is_script(subtag: str = "") -> bool:
    return len(subtag) == 4 and subtag.isalpha()


def _is_region(subtag: str = "") -> bool:
    return (len(subtag) == 2 and subtag.isalpha()) or (len(subtag) == 3 and subtag.isdigit())


def _cased(subtags: list[str]) -> Iterator[str]:
    """Write scripts as Latn and regions as DE; the first subtag, and all behind one of one letter, stay small."""
    is_private = False
    for place, subtag in enumerate(subtags):
        if place == 0 or is_private:
            yield subtag
        elif _is_script(subtag):
            yield subtag.capitalize()
        else:
            yield subtag.upper() if _is_region(subtag) else subtag
        is_private |= len(subtag) == 1
