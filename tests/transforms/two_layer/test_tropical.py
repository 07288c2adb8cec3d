"""Tropical division: vertices by brute force, and what each method promises, on whole numbers (all sums are exact)."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.transforms.two_layer.nets import network, networks, rows_of, samples
from transforms.two_layer.compressed import report
from transforms.two_layer.network import sigmoid
from transforms.two_layer.tropical import Sample, disjoint_sets, heuristic, stable, vertices

SETS = st.lists(st.integers(0, 255), max_size=8)
SHARES = st.sampled_from([0.01, 0.1, 0.3, 0.5, 0.99, 1.0])


def gains(net, sign):
    """Give (x, 1) ↦ the g of each neuron of a part, as rows."""
    w1, b1, w2, _ = net.weights
    part = [i for i in range(net.n_neurons) if w2[i] * sign > 0]
    return np.array([abs(w2[i]) * np.append(w1[:, i], b1[i]) for i in part]).reshape(len(part), len(w1) + 1)


def part_value(net, sign, x):
    return np.maximum(gains(net, sign) @ np.append(x, 1), 0).sum()


def brute_vertices(g, sample, weights):
    """Count, for each x, the subset of neurons whose g sum to the maximum; of several, that of fewest neurons."""
    counts = {}
    subsets = list(chain.from_iterable(combinations(range(len(g)), n) for n in range(len(g) + 1)))
    for x, weight in zip(sample, weights, strict=True):
        values = [sum(float(g[i] @ np.append(x, 1)) for i in subset) for subset in subsets]
        best = subsets[values.index(max(values))]  # subsets come in order of size
        bits = sum(1 << i for i in best)
        counts[bits] = counts.get(bits, 0) + weight
    return counts


def try_to_divide(divide, *args):
    """Divide, or pass over a network that no text of the sample activates."""
    try:
        return divide(*args)
    except ValueError as error:
        assert "active on any text" in str(error)  # noqa: PT017
        assume(False)


@given(networks(), samples, st.integers(2, 5), st.data())
def test_vertices_and_counts_are_those_of_brute_force(net, sample, n_classes, data):
    labels = np.array(data.draw(st.lists(st.booleans(), min_size=len(sample), max_size=len(sample))))
    weights = Sample(rows_of(sample), labels, n_classes).weights
    assert weights.tolist() == [n_classes - 1 if label else 1 for label in labels]
    for sign in (1, -1):
        active = (net.hidden(rows_of(sample)) > 0)[:, net.weights.w2 * sign > 0]
        found = vertices(active, weights)
        assert dict(found) == brute_vertices(gains(net, sign), sample, weights.tolist())
        assert [count for _, count in found] == sorted((count for _, count in found), reverse=True)


class TestSets:
    @given(SETS, st.integers(1, 8))
    def test_sets_are_disjoint_not_empty_and_never_too_many(self, found, most):
        sets = disjoint_sets(found, most)
        assert len(sets) <= most
        assert all(sets)
        assert sum(one.bit_count() for one in sets) == np.bitwise_or.reduce([0, *sets]).bit_count()

    @given(SETS)
    def test_with_room_for_all_they_are_the_neurons_that_no_vertex_tells_apart(self, found):
        groups = {}
        for i in range(8):
            column = tuple(vertex >> i & 1 for vertex in found)
            groups[column] = groups.get(column, 0) | 1 << i
        wanted = {members for column, members in groups.items() if any(column)}
        assert set(disjoint_sets(found, 8)) == wanted
        assert set(disjoint_sets(found, max(1, len(wanted)))) == wanted  # as many as there are is enough

    @given(SETS, st.integers(1, 7))
    def test_room_for_one_more_adds_a_set_or_splits_one(self, found, most):
        fewer, more = (disjoint_sets(found, n) for n in (most, most + 1))
        assert all(any(a & b == a for b in fewer) or not any(a & b for b in fewer) for a in more)
        covered = np.bitwise_or.reduce([0, *more])
        assert np.bitwise_or.reduce([0, *fewer]) & ~covered == 0


class TestStable:
    @given(networks(), samples)
    def test_with_all_neurons_f_is_the_same_on_the_sample(self, net, sample):
        small = try_to_divide(stable, net, Sample(rows_of(sample)), 1.0)
        assert small.outputs(rows_of(sample)).tolist() == net.outputs(rows_of(sample)).tolist()
        assert set(small.weights.w2.tolist()) <= {1.0, -1.0}

    @given(networks(), samples, samples, SHARES)
    def test_a_part_is_never_above_what_it_was_and_grows_with_the_share(self, net, sample, others, share):
        small = try_to_divide(stable, net, Sample(rows_of(sample)), share)
        larger = stable(net, Sample(rows_of(sample)), 1.0)
        for x in (*sample, *others):
            for sign in (1, -1):
                assert part_value(small, sign, x) <= part_value(larger, sign, x) <= part_value(net, sign, x)

    def test_ten_neurons_that_are_active_alike_become_one_without_loss(self):
        net = network([[i, 0, 0, 0] for i in range(1, 11)], [0] * 10, [1] * 10)
        sample = Sample(rows_of([[1, 0, 0, 0], [-1, 0, 0, 0]]))
        small = stable(net, sample, 0.1)
        assert small.n_neurons == 1
        assert small.outputs(sample.rows).tolist() == net.outputs(sample.rows).tolist() == [55.0, 0.0]


class TestHeuristic:
    @given(networks(), samples, SHARES, st.integers(0, 9))
    def test_each_common_vertex_is_a_neuron_and_an_earlier_one(self, net, sample, share, seed):
        small = try_to_divide(heuristic, net, Sample(rows_of(sample)), share, seed)
        for sign in (1, -1):
            g, new = gains(net, sign), gains(small, sign)
            active = (net.hidden(rows_of(sample)) > 0)[:, net.weights.w2 * sign > 0]
            found = [vertex for vertex, _ in vertices(active, np.ones(len(sample), np.int64)) if vertex]
            assert len(new) == min(len(found), max(1, int(share * len(g))))
            for i, vertex in enumerate(found[: len(new)]):
                wanted = sum(g[k] for k in range(len(g)) if vertex >> k & 1)
                earlier = [np.zeros(len(wanted))] if i == 0 else new[:i]
                assert any(np.array_equal(new[i] + one, wanted) for one in earlier)

    def test_what_is_drawn_depends_on_the_seed_alone(self):
        rng = np.random.default_rng(0)
        net = network(rng.standard_normal((10, 4)), rng.standard_normal(10), rng.standard_normal(10))
        sample = Sample(rows_of(rng.standard_normal((40, 4))))
        made = [heuristic(net, sample, 1.0, seed).to_bytes() for seed in (0, 0, 1, 2, 3)]
        assert made[0] == made[1]
        assert len(set(made)) > 1


@pytest.mark.parametrize("divide", [stable, lambda *args: heuristic(*args, 0)])
class TestBoth:
    def test_the_mean_by_class_weight_is_kept(self, divide):
        rng = np.random.default_rng(2)
        net = network(rng.standard_normal((9, 4)), rng.standard_normal(9), rng.standard_normal(9), 0.5)
        rows, labels = rows_of(rng.standard_normal((50, 4))), rng.random(50) < 0.3
        sample = Sample(rows, labels, 4)
        lost = net.outputs(rows) - divide(net, sample, 0.2).outputs(rows)
        assert np.abs(lost).max() > 0.1
        assert np.average(lost, weights=np.where(labels, 3, 1)) == pytest.approx(0, abs=1e-12)

    def test_a_share_is_exact_where_a_float_is_not(self, divide):
        net = network(np.vstack([np.eye(4)] * 25), [-i / 100 for i in range(100)], [1] * 100)
        dense = np.vstack([np.eye(4)[i % 4] * (i + 1) / 100 for i in range(100)])
        assert divide(net, Sample(rows_of(dense)), 0.29).n_neurons == 29  # 0.29 * 100 = 28.999999999999996

    @pytest.mark.parametrize("share", [0, -1, 1.1, float("nan")])
    def test_a_share_out_of_range_is_refused(self, divide, share):
        with pytest.raises(ValueError, match="share: given"):
            divide(network([[1] * 4], [0], [1]), Sample(rows_of([[1] * 4])), share)

    def test_a_network_that_the_sample_never_activates_is_refused(self, divide):
        with pytest.raises(ValueError, match="no neuron that adds to the output is active"):
            divide(network([[-1] * 4, [1] * 4], [0, 0], [1, 0]), Sample(rows_of([[1] * 4])), 1.0)


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        (np.zeros((0, 4)), ()),
        ([[0] * 4], ()),
        ([[1] * 4], ([True, False],)),
        ([[1] * 4], (None, 3)),
        ([[1] * 4], (None, 1)),
    ],
)
def test_a_sample_that_says_nothing_is_refused(rows, more):
    with pytest.raises(ValueError, match=r"sample:|n_classes:"):
        Sample(rows_of(rows), *more)


def test_the_report_is_its_definitions():
    before = network([[1, 0, 0, 0], [0, 1, 0, 0]], [0, 0], [1, -1], 0.1)
    after = network([[1, 0, 0, 0]], [0], [1], -0.5)
    dense = [[2, 1, 0, 0], [0.3, 0, 1, 0], [0, 3, 0, 0], [4, 0, 0, 0], [0, 0, 1, 0]]
    sample = Sample(rows_of(dense), np.array([True, True, False, True, False]))
    old, new = sigmoid(np.array([1.1, 0.4, -2.9, 4.1, 0.1])), sigmoid(np.array([1.5, -0.2, -0.5, 3.5, -0.5]))
    told = report(before, after, sample, 0.3)
    assert (told.n_texts, told.n_neurons_before, told.n_neurons_after) == (5, 2, 1)
    assert (told.n_parameters_before, told.n_parameters_after) == (13, 7)
    assert (told.agreement, told.accuracy_before, told.accuracy_after) == (0.6, 0.8, 0.8)
    assert told.max_score_change == pytest.approx(np.abs(new - old).max())
    assert told.mean_score_change == pytest.approx(np.abs(new - old).mean())
    assert [told.threshold_before, told.threshold_after] == pytest.approx([old[0], new[0]])  # 2 of 5 are 0.3 of them
    assert told.threshold_shift == told.threshold_after - told.threshold_before
    with pytest.raises(ValueError, match="keep: given"):
        report(before, after, sample, 0.0)
    with pytest.raises(ValueError, match="in the same way"):
        report(before, network([[1] * 4], [0], [1], seed=1), sample, 0.1)
