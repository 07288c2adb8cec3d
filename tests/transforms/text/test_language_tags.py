"""Labels of language models as BCP-47 tags: every label of lid.176, most of NLLB, and the rules behind them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import SHARED
from transforms.text import language_tags
from transforms.text.language_tags import bcp47

MODEL = SHARED / "data/models/lid.176.ftz"

_LID_176 = """
af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb co cs cv
cy da de diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he hi hif hr hsb ht hu hy ia id ie
ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez li lmo lo lrc lt lv mai mg mhr min mk ml mn mr mrj ms
mt mwl my myv mzn nah nap nds ne new nl nn no oc or os pa pam pfl pl pms pnb ps pt qu rm ro ru rue sa sah sc scn sco sd
sh si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep vi vls vo wa war wuu xal xmf yi yo yue
zh
"""
LID_176 = _LID_176.split()
# All others are tags as they are.
OF_LID_176 = {"als": "gsw", "bcl": "bik", "bh": "bho", "bxr": "bua", "diq": "zza", "gom": "kok", "mhr": "chm"}
OF_LID_176 |= {"pnb": "lah"}

_NLLB = """
ace_Arab:ace-Arab ace_Latn:ace-Latn acm_Arab:acm-Arab aeb_Arab:aeb-Arab afr_Latn:af ajp_Arab:apc-Arab aka_Latn:ak-Latn
als_Latn:sq amh_Ethi:am arb_Arab:ar arb_Latn:ar-Latn ars_Arab:ars-Arab ary_Arab:ary-Arab arz_Arab:arz-Arab asm_Beng:as
ast_Latn:ast-Latn awa_Deva:awa-Deva ayr_Latn:ay azb_Arab:azb-Arab azj_Latn:az-Latn bak_Cyrl:ba-Cyrl bam_Latn:bm-Latn
ban_Latn:ban-Latn bel_Cyrl:be bem_Latn:bem-Latn ben_Beng:bn bho_Deva:bho-Deva bjn_Arab:bjn-Arab bjn_Latn:bjn-Latn
bod_Tibt:bo-Tibt bos_Latn:bs bug_Latn:bug-Latn bul_Cyrl:bg cat_Latn:ca ceb_Latn:ceb-Latn ces_Latn:cs ckb_Arab:ckb-Arab
crh_Latn:crh-Latn cym_Latn:cy dan_Latn:da deu_Latn:de dik_Latn:din-Latn dyu_Latn:dyu-Latn dzo_Tibt:dz ell_Grek:el
eng_Latn:en epo_Latn:eo est_Latn:et eus_Latn:eu ewe_Latn:ee-Latn fao_Latn:fo fij_Latn:fj fin_Latn:fi fra_Latn:fr
fur_Latn:fur-Latn fuv_Latn:fuv-Latn gaz_Latn:om gla_Latn:gd-Latn gle_Latn:ga glg_Latn:gl grn_Latn:gn guj_Gujr:gu
hat_Latn:ht hau_Latn:ha-Latn heb_Hebr:he hin_Deva:hi hne_Deva:hne-Deva hrv_Latn:hr hun_Latn:hu hye_Armn:hy
ibo_Latn:ig-Latn ind_Latn:id isl_Latn:is ita_Latn:it jav_Latn:jv-Latn jpn_Jpan:ja kan_Knda:kn kas_Arab:ks-Arab
kas_Deva:ks-Deva kat_Geor:ka kaz_Cyrl:kk khk_Cyrl:mn-Cyrl khm_Khmr:km kin_Latn:rw kir_Cyrl:ky-Cyrl kmr_Latn:ku-Latn
knc_Arab:kr-Arab kor_Hang:ko-Hang lao_Laoo:lo lin_Latn:ln lit_Latn:lt ltz_Latn:lb lug_Latn:lg-Latn lvs_Latn:lv
mai_Deva:mai mal_Mlym:ml mar_Deva:mr min_Arab:min-Arab mkd_Cyrl:mk mlt_Latn:mt mni_Beng:mni-Beng mri_Latn:mi-Latn
mya_Mymr:my nld_Latn:nl nno_Latn:nn nob_Latn:nb npi_Deva:ne nso_Latn:nso nya_Latn:ny oci_Latn:oc-Latn ory_Orya:or
pan_Guru:pa pbt_Arab:pbt-Arab pes_Arab:fa plt_Latn:mg pol_Latn:pl por_Latn:pt prs_Arab:fa-AF quy_Latn:quy-Latn
ron_Latn:ro rus_Cyrl:ru san_Deva:sa-Deva sat_Olck:sat-Olck sin_Sinh:si slk_Latn:sk slv_Latn:sl smo_Latn:sm som_Latn:so
sot_Latn:st spa_Latn:es srd_Latn:sc-Latn srp_Cyrl:sr-Cyrl ssw_Latn:ss sun_Latn:su-Latn swe_Latn:sv swh_Latn:sw
tam_Taml:ta taq_Latn:taq-Latn taq_Tfng:taq-Tfng tat_Cyrl:tt-Cyrl tel_Telu:te tgk_Cyrl:tg-Cyrl tgl_Latn:tl tha_Thai:th
tir_Ethi:ti tpi_Latn:tpi tuk_Latn:tk-Latn tur_Latn:tr twi_Latn:ak-Latn tzm_Tfng:tzm-Tfng uig_Arab:ug-Arab ukr_Cyrl:uk
urd_Arab:ur uzn_Latn:uz-Latn vie_Latn:vi wol_Latn:wo-Latn xho_Latn:xh ydd_Hebr:yi yor_Latn:yo-Latn yue_Hant:yue-Hant
zho_Hans:zh-Hans zho_Hant:zh-Hant zsm_Latn:ms zul_Latn:zu
"""
NLLB = dict(pair.split(":") for pair in _NLLB.split())

SHAPE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
LABELS = st.from_regex(r"(__label__)?[a-z]{2,3}([_-][A-Z][a-z]{3})?([_-]([A-Z]{2}|[0-9]{3}))?", fullmatch=True)
KNOWN = sorted(language_tags._ALIASES) + sorted(language_tags._SUPPRESSED)
LABELS |= st.tuples(st.sampled_from(KNOWN), st.sampled_from(["", "_Latn", "_Cyrl", "-Hebr", "_Deva-IN"])).map("".join)


class TestLabels:
    @pytest.mark.parametrize("label", LID_176)
    def test_each_of_lid_176_is_a_tag(self, label):
        assert bcp47(label) == OF_LID_176.get(label, label)
        assert bcp47(f"__label__{label}") == bcp47(label)

    def test_these_are_all_that_the_model_has(self):
        if not MODEL.exists():
            pytest.skip("lid.176.ftz is not here")
        import fasttext

        labels = fasttext.load_model(str(MODEL)).get_labels()
        assert sorted(label.removeprefix("__label__") for label in labels) == LID_176

    @pytest.mark.parametrize("label", NLLB)
    def test_those_of_nllb_lose_what_their_language_implies(self, label):
        assert bcp47(label) == NLLB[label]

    @pytest.mark.parametrize(
        ("label", "tag"),
        [
            ("bat-smg", "sgs"),
            ("fiu-vro", "vro"),
            ("roa-rup", "rup"),
            ("zh-classical", "lzh"),
            ("zh-min-nan", "nan"),
            ("zh_yue", "yue"),
            ("be-x-old", "be-tarask"),
        ],
    )
    def test_those_of_wikipedia_are_known(self, label, tag):
        assert bcp47(label) == tag

    @pytest.mark.parametrize(
        ("label", "tag"),
        [
            ("cmn_Hani", "zh-Hani"),
            ("ekk_Latn", "et"),
            ("fil_Latn", "fil-Latn"),
            ("gom_Deva", "kok"),
            ("gom_Latn", "kok-Latn"),
            ("hbs_Latn", "sh-Latn"),
            ("srp_Latn", "sr-Latn"),
            ("swc_Latn", "sw-CD"),
            ("und_Arab", "und-Arab"),
            ("kor_Kore", "ko"),
        ],
    )
    def test_those_of_glotlid_are_known(self, label, tag):
        assert bcp47(label) == tag

    def test_als_is_alemannic_without_a_script_and_albanian_with_one(self):
        assert [bcp47(label) for label in ("als", "als_Latn", "als_Arab")] == ["gsw", "sq", "sq-Arab"]


class TestTags:
    @pytest.mark.parametrize(
        ("label", "tag"),
        [
            ("EN_us", "en-US"),
            ("zh_HANT_tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("de-1901", "de-1901"),
            ("prs_Arab_PK", "fa-PK"),
            ("iw", "he"),
            ("en-Latn-x-Latn-US", "en-x-latn-us"),
            ("klingon_Piqd", "klingon-Piqd"),
            ("", ""),
            ("_", "-"),
            ("日本_語", "日本-語"),
            ("__label__", ""),
        ],
    )
    def test_they_are_written_as_the_rfc_says(self, label, tag):
        assert bcp47(label) == tag

    def test_no_alias_leads_to_another(self):
        aliases = language_tags._ALIASES
        assert {tag for tag in aliases.values() if tag.split("-")[0] in aliases} == set()
        assert {bcp47(tag) for tag in aliases.values()} == set(aliases.values())

    def test_no_code_is_in_two_literals(self):
        literals = (language_tags._TWO_LETTERS, language_tags._MACROLANGUAGES, language_tags._RETIRED)
        codes = [pair.split(":")[0] for literal in literals for pair in literal.split()]
        assert len(codes) == len(set(codes)) == len(language_tags._ALIASES)
        assert all(re.fullmatch("[a-z]{2,3}", code) for code in codes)

    def test_each_language_of_iso_639_1_is_reached_by_three_letters(self):
        reached = set(language_tags._pairs(language_tags._TWO_LETTERS).values())
        assert len(reached) == 183  # ISO 639-1's, less tw, with sh, which it has given up
        assert all(re.fullmatch("[a-z]{2}", tag) for tag in reached)

    @given(LABELS)
    def test_a_label_becomes_a_tag_that_stays(self, label):
        tag = bcp47(label)
        assert SHAPE.fullmatch(tag)
        assert bcp47(tag) == tag

    @given(st.text() | st.text(st.sampled_from("aAxzZ19_-é")))
    def test_nothing_raises(self, label):
        assert "_" not in bcp47(label)

    def test_a_long_label_takes_linear_time(self):
        assert len(bcp47("ab_" * 1_000_000)) == 3_000_000
