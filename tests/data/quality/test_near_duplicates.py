"""Copies are found, images that merely look alike are not, and hashes are compared as a naive loop does."""

import io

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from skipwise.data.quality.exact_duplicates import group_duplicates
from skipwise.data.quality.near_duplicates import NearDuplicates, near_duplicates
from skipwise.data.quality.perceptual_hash import candidates, near_pairs, perceptual_hash
from skipwise.data.quality.pixels import VERSION, look_once
from skipwise.data.quality.small_grey import grey, small_grey


def scenes(count, side=32):
    """Smooth random pictures, as photos are."""
    chance = np.random.default_rng(5)
    coarse = chance.integers(0, 256, (count, 6, 6, 3), dtype=np.uint8)
    return np.stack([np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BICUBIC)) for one in coarse])


def found_in(images):
    pairs = near_duplicates(images, small_grey(images), np.arange(len(images))).pairs
    return {tuple(pair) for pair in pairs.tolist()}


def jpeg(image):
    content = io.BytesIO()
    Image.fromarray(image).save(content, "JPEG", quality=75)
    return np.asarray(Image.open(content))


@pytest.mark.parametrize(
    "copied",
    [
        jpeg,
        lambda image: np.clip(image * 0.8, 0, 255).astype(np.uint8),
        lambda image: np.concatenate([image[:, :1], image[:, :-1]], axis=1),
        lambda image: np.asarray(Image.fromarray(image).resize((24, 24)).resize((32, 32))),
    ],
    ids=["saved anew", "darker", "moved by a pixel", "resized"],
)
def test_copies_are_found_and_nothing_else(copied):
    images = scenes(40)
    assert found_in(np.concatenate([images, copied(images[7])[None]])) == {(7, 40)}


@pytest.mark.parametrize("copies", [1, 2, 3, 6])
def test_many_copies_of_one_image_do_not_hide_each_other(copies):
    images = scenes(60)
    noise = np.random.default_rng(0).integers(-6, 7, (copies, *images.shape[1:]))
    every = np.concatenate([images, np.clip(images[7] + noise, 0, 255).astype(np.uint8)])
    group = [7, *range(60, 60 + copies)]
    assert found_in(every) == {(one, other) for one in group for other in group if one < other}


def test_a_frame_that_is_nearly_another_is_found_at_the_first_of_more_images_than_are_compared_at_once():
    images = scenes(520)
    assert (3, 520) in found_in(np.concatenate([images, jpeg(images[3])[None]]))


def test_handwritten_digits_that_look_alike_are_no_copies():
    images = (load_digits().images * 15).astype(np.uint8)[..., None]
    assert not found_in(images)
    assert found_in(np.concatenate([images, (images[5] * 0.9).astype(np.uint8)[None]])) == {(5, len(images))}


def test_images_of_one_colour_are_like_no_other():
    assert not found_in(np.full((5, 16, 16, 1), 90, np.uint8))


def test_exact_duplicates_are_left_out():
    images = scenes(10)
    twice = np.concatenate([images, images[:1]])
    assert not len(near_duplicates(twice, small_grey(twice), np.array([*range(10), 0])).pairs)


def test_exact_duplicates_share_the_near_duplicates_of_the_first():
    images = scenes(20)
    every = np.concatenate([images, jpeg(images[3])[None], images[3:4]])
    near = near_duplicates(every, small_grey(every), np.array([*range(21), 3]))
    assert sorted(near.pairs.tolist()) == [[3, 20], [20, 21]]
    assert near.alike[0] == near.alike[1] > 0.9


def test_each_image_is_read_once_at_full_size(monkeypatch):
    read = []
    monkeypatch.setattr("skipwise.data.quality.near_duplicates.grey", lambda some: read.append(len(some)) or grey(some))
    images = scenes(30)
    copies = [np.clip(images[7] + np.full((1, 32, 32, 3), step), 0, 255).astype(np.uint8) for step in range(1, 7)]
    assert len(found_in(np.concatenate([images, *copies]))) == 21
    assert sum(read) == 36


def test_equal_hashes_are_candidates_while_there_is_room():
    chance = np.random.default_rng(0)
    others = chance.integers(0, 2**63, 50, dtype=np.uint64)
    hashes = np.concatenate([others, np.full(30, others[0]), others[1:2] ^ np.uint64(1)])
    pairs = candidates(hashes, 10_000).tolist()
    assert pairs == [list(pair) for pair in sorted({tuple(pair) for pair in pairs})]
    assert [1, 80] in pairs
    assert {first for first, second in pairs if second == 79} == {0, *range(50, 69)}
    assert len(pairs) == 1 + 20 * 19 // 2 + 11 * 20
    few = candidates(np.zeros(5_000, np.uint64), 1_000)
    assert few.shape == (1_000, 2)
    assert (few[:, 0] < few[:, 1]).all()


def test_pairs_of_hashes_are_those_of_a_naive_loop():
    chance = np.random.default_rng(0)
    hashes = chance.integers(0, 2**63, 60, dtype=np.uint64)
    copies = hashes ^ (np.uint64(1) << chance.integers(0, 63, 60, dtype=np.uint64))
    every = np.concatenate([hashes, copies, hashes[:3]])
    naive = [
        [i, j]
        for i in range(len(every))
        for j in range(i + 1, len(every))
        if (int(every[i]) ^ int(every[j])).bit_count() <= 7
    ]
    assert near_pairs(every, 7).tolist() == naive
    assert near_pairs(every, 0).tolist() == [[0, 120], [1, 121], [2, 122]]


def test_a_hash_stays_when_an_image_gets_brighter():
    small = small_grey(scenes(5))
    assert (perceptual_hash(small) == perceptual_hash(small * 0.5 + 40)).all()


def test_of_many_copies_each_is_told_once():
    near = NearDuplicates(pairs=np.array([[0, 1], [0, 2], [1, 2]]), alike=np.array([0.99, 0.98, 0.9])).nearest()
    assert near.pairs.tolist() == [[0, 1], [0, 2]]
    none = NearDuplicates(pairs=np.zeros((0, 2), np.int64), alike=np.zeros(0)).nearest()
    assert none.pairs.shape == (0, 2)


def test_small_grey_levels_are_means_of_areas():
    image = np.arange(36, dtype=np.uint8).reshape(1, 6, 6, 1)
    small = small_grey(image, side=4)[0]
    rows = [image[0, 0, :, 0] @ np.array([2, 1, 0, 0, 0, 0]) / 3, image[0, 1, :, 0] @ np.array([2, 1, 0, 0, 0, 0]) / 3]
    assert small[0, 0] == pytest.approx((2 * rows[0] + rows[1]) / 3, rel=1e-6)


def test_a_look_is_kept_beside_the_images(tmp_path):
    images = scenes(10)
    seen = look_once(images, group_duplicates(list("abcdefghij")), tmp_path / "images.npy")
    again = look_once(np.zeros_like(images), group_duplicates(list("abcdefghij")), tmp_path / "images.npy")
    assert again.levels.brightness.tolist() == seen.levels.brightness.tolist()
    assert [file.name for file in tmp_path.iterdir()] == [f"pixels-{VERSION}.npz"]
