"""Language labels: what is asked of the model, and what its answer becomes."""

import pytest

from transforms.text.language import identify


class Model:
    """Answers as told, and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def predict(self, text, k, threshold, on_unicode_error):
        self.asked.append((text, k, threshold))
        return self.answers.pop(0)


def test_labels_and_scores_come_in_the_order_of_the_texts():
    found = identify(["a", "b"], Model([(0.9, "__label__en")], [(0.5, "__label__de")]))
    assert (found.language, found.language_score) == (["en", "de"], [0.9, 0.5])


def test_a_text_without_an_answer_has_no_language_and_score_zero():
    found = identify(["123"], Model([]))
    assert (found.language, found.language_score) == ([None], [0.0])


def test_a_probability_above_one_is_clipped():
    assert identify(["a"], Model([(1.00001, "__label__en")])).language_score == [1.0]


def test_the_model_is_asked_for_one_line_that_ends():
    model = Model([])
    identify(["a\nb\n\nc"], model)
    assert model.asked == [("a b  c\n", 1, 0.0)]


@pytest.mark.parametrize("label", ["zh-Hans", "__label", "en__label__"])
def test_only_the_prefix_is_taken_off_a_label(label):
    assert identify(["a"], Model([(0.5, f"__label__{label}")])).language == [label]


def test_no_texts_ask_nothing():
    assert identify([], Model()) == ([], [])
