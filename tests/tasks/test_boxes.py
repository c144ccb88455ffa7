"""ObjectDetection as a task: what is answered is in the image's own pixels, scored, said and drawn."""

import json
import re

import numpy as np
import pytest
import torch
from PIL import Image

from skipwise.analysis.inside.attribution import METHODS, attribute
from skipwise.data import Options
from skipwise.errors import UserError
from skipwise.networks import PRESETS
from skipwise.networks.external.custom import CustomNetwork
from skipwise.studies.contender import parse_contender
from skipwise.tasks.average_precision import match, pseudo_values
from skipwise.tasks.box_scores import BoxScores
from skipwise.tasks.boxes import ObjectDetection
from skipwise.tasks.boxes_found import Boxes
from support.annotations import HEIGHT, WIDTH, coco, ready

TASK = ObjectDetection()


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Twelve colour images of several shapes, two classes, one image without an object."""
    folder = tmp_path_factory.mktemp("boxes")
    (folder / "all").mkdir()
    generator = np.random.default_rng(0)
    images, annotations = [], []
    for i in range(1, 13):
        width, height = (int(side) for side in generator.integers(100, 200, 2))
        Image.fromarray(generator.integers(0, 255, (height, width, 3), np.uint8)).save(folder / "all" / f"{i}.png")
        images.append({"id": i, "file_name": f"{i}.png", "width": width, "height": height})
        for _ in range(i % 4):
            box = [int(generator.integers(0, 60)), int(generator.integers(0, 60)), 30, 20]
            annotations.append({"image_id": i, "category_id": int(generator.integers(2)), "bbox": box})
    categories = [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "all.json").write_text(json.dumps(content))
    return TASK.prepare(str(folder / "all.json"), Options(size=64), None)


class Knowing(torch.nn.Module):
    """Answers what is true, at the scale of the input."""

    def eval_step(self, images, targets):
        found = [
            {"boxes": target["boxes"], "labels": target["labels"], "scores": torch.full((len(target["labels"]),), 0.9)}
            for target in targets
        ]
        return found, 0.25

    def detect(self, images):
        return [
            {
                "boxes": torch.tensor([[0.0, 0, 32, 32], [1, 1, 9, 9]]),
                "labels": torch.tensor([1, 0]),
                "scores": torch.tensor([0.8, 0.2]),
            }
        ]


def judged(scenes, network, indices):
    stream = TASK.stream(scenes, TASK.recipe(scenes, 1), 0, "cpu")
    (batch,) = stream.eval_batches(indices)
    return TASK.eval_step(network, batch)


def test_answers_are_in_own_pixels_and_all_that_is_true_scores_1(scenes):
    answers, loss = judged(scenes, Knowing(), np.arange(12))
    assert loss == 0.25
    assert answers["boxes"].shape == (12, 100, 4)
    assert answers["true_boxes"].shape == (12, 3, 4)
    for i, own in enumerate(scenes.objects):
        count = len(own.labels)
        np.testing.assert_allclose(answers["boxes"][i, :count], own.boxes, atol=1e-3)
        np.testing.assert_array_equal(answers["true_boxes"][i, :count], own.boxes)
        assert answers["true_labels"][i].tolist() == [*own.labels.tolist(), *[-1] * (3 - count)]
        assert (answers["labels"][i, count:] == -1).all()
    assert TASK.score(answers) == 1
    np.testing.assert_allclose(TASK.scores(answers), pseudo_values(match(answers, 2)))
    assert TASK.failure(scenes, TASK.recipe(scenes, 1), None, answers) is None


def test_batches_join_whatever_they_hold(scenes):
    parts = [judged(scenes, Knowing(), np.array(some))[0] for some in ([0, 1], [3], [4, 5, 6])]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    assert joined["true_labels"].shape == (6, 3)
    fallback_predictions = TASK.fallback_predictions(scenes, np.array([0, 1, 3, 4, 5, 6]))
    assert {name: values.shape for name, values in fallback_predictions.items()} == {
        name: values.shape for name, values in joined.items()
    }
    for name in ("true_boxes", "true_labels"):
        np.testing.assert_array_equal(fallback_predictions[name], joined[name])


def test_nothing_found_is_a_score_of_0_and_a_failure(scenes):
    answers = TASK.fallback_predictions(scenes, np.arange(12))
    assert TASK.score(answers) == 0
    words = TASK.failure(scenes, TASK.recipe(scenes, 1), None, answers)
    assert words == "no object of the training images is found: their mAP@.5 is 0"
    nothing = TASK.fallback_predictions(scenes, np.array([i for i in range(12) if not len(scenes.objects[i].labels)]))
    assert TASK.failure(scenes, TASK.recipe(scenes, 1), None, nothing) is None


@pytest.mark.parametrize("name", ["plain-slim10", "resnet-slim10"])
def test_a_detector_learns_from_a_batch_and_answers(scenes, name):
    network = TASK.build(PRESETS[name], scenes.input_spec, 0)
    recipe = TASK.recipe(scenes, 1)
    stream = TASK.stream(scenes, recipe, 0, "cpu")
    teach = TASK.training_step(scenes, recipe, "cpu")
    loss, scores = teach(network, next(stream.epoch(0)), 0.0)
    loss.backward()
    assert scores is None
    assert all(parameter.grad is not None for parameter in network.parameters())
    answers, judged_loss = judged(scenes, network.eval(), scenes.test)
    assert np.isfinite(judged_loss)
    assert 0 <= TASK.score(answers) <= 1
    (batch,) = stream.eval_batches(scenes.test)
    assert TASK.difference(network, network, batch) == 0
    assert TASK.difference(network, TASK.build(PRESETS[name], scenes.input_spec, 1).eval(), batch) > 0
    assert TASK.cost(network, scenes.input_spec).multiply_adds > 1e6


def test_what_is_said_of_the_data(scenes):
    boxes = sum(len(some.labels) for some in scenes.objects)
    assert TASK.described(scenes, Options(size=64)) == [
        f"12 images of 64x64 px, colour, {boxes} boxes, 2 classes",
        "size asked for: 64 px; boxes are in own pixels",
    ]
    facts = dict(TASK.facts(scenes.manifest))
    assert facts["boxes"] == f"{boxes}, at most 3 in an image"
    assert TASK.load(scenes.stored).fingerprint == scenes.fingerprint


def test_few_images_are_shown_often(scenes):
    recipe = TASK.recipe(scenes, None)
    assert (recipe.epochs, recipe.batch_size, recipe.crop, recipe.flip) == (100, 4, 5, True)
    assert TASK.recipe(scenes, 7).epochs == 7
    TASK.check(PRESETS["resnet-slim18"], recipe)


def test_a_new_image_is_told_and_drawn_in_its_own_pixels(scenes, tmp_path):
    file = tmp_path / "new.png"
    Image.new("RGB", (300, 150), "white").save(file)
    (found,) = TASK.predict(Knowing(), [str(file)], scenes.input_spec)
    assert found == Boxes(file=str(file), boxes=((0.0, 0.0, 150.0, 150.0),), labels=("dog",), scores=(found.scores[0],))
    assert found.scores[0] == pytest.approx(0.8)
    assert found.words == "1 box: dog 0.80"
    assert found.draw_into(tmp_path / "drawn") == tmp_path / "drawn" / "new.png"
    drawn = Image.open(tmp_path / "drawn" / "new.png")
    assert drawn.size == (600, 300), "small images are enlarged"
    assert drawn.getpixel((300, 200)) != (255, 255, 255)
    assert drawn.getpixel((500, 200)) == (255, 255, 255)
    with pytest.raises(UserError, match=r"nothing\.png cannot be read as an image"):
        TASK.predict(Knowing(), [str(tmp_path / "nothing.png")], scenes.input_spec)


def test_the_score_of_a_box_follows_the_image(scenes):
    """Without the box there is no score; boxes of another class or place do not count."""

    class Brightness:
        """Finds a dog at a fixed place, as sure as the image is bright there, and a surer one elsewhere."""

        def find(self, images):
            self.scores = [image[:, :10, :10].mean().clamp(0, 1) for image in images]
            return self

        def detections(self):
            return [
                {
                    "boxes": torch.tensor([[0.0, 0.0, 10.0, 10.0], [40.0, 40.0, 60.0, 60.0], [0.0, 0.0, 10.0, 10.0]]),
                    "scores": torch.stack([score, score + 5, score + 7]),
                    "labels": torch.tensor([1, 1, 0]),
                }
                if score > 0
                else {"boxes": torch.zeros(0, 4), "scores": torch.zeros(0), "labels": torch.zeros(0, dtype=torch.long)}
                for score in self.scores
            ]

    class Detector(torch.nn.Module):
        find = Brightness().find

    scores = BoxScores(
        Detector(), torch.tensor([[0.0, 0.0, 10.0, 9.0], [20.0, 20.0, 30.0, 30.0]]), torch.tensor([1, 1])
    )
    images = torch.zeros(2, 3, 64, 64)
    images[0, :, :10, :10] = 0.5
    assert scores(images).tolist() == [[0.5, 0.0], [0.0, 0.0]]
    found = attribute(scores, images[:1], torch.tensor([0]), "integrated-gradients")
    assert float(found[0, :10, :10].sum()) == pytest.approx(0.5, abs=0.05)
    assert not found[0, 10:].any()


@pytest.mark.parametrize("name", ["resnet-slim10", "resnet-slim10:detector=faster-rcnn"])
@pytest.mark.parametrize("method", METHODS)
def test_each_box_has_a_map(scenes, tmp_path, monkeypatch, name, method):
    """Every detector's scores can be attributed, whatever it has learned."""
    monkeypatch.setattr("skipwise.tasks.boxes.TOLD_FROM", 0.0)
    file = tmp_path / "new.png"
    Image.fromarray(np.asarray(scenes.images[0])).resize((90, 60)).save(file)
    network = TASK.build(parse_contender(name, TASK.recipe(scenes, 1)).network, scenes.input_spec, 0).eval()
    for part in network.modules():
        if hasattr(part, "score_thresh"):
            part.score_thresh = 0.0
    given = TASK.attributable(network, str(file), scenes.input_spec)
    assert given.pixels.shape == (60, 90, 3)
    assert given.answers
    for answer in given.answers[:2]:
        maps = attribute(given.scores, given.inputs, torch.tensor([answer.index]), method)
        assert maps.shape == (1, *given.inputs.shape[2:])
        assert torch.isfinite(maps).all()


def test_words_of_many_and_of_none():
    box = (0.0, 0.0, 1.0, 1.0)
    many = Boxes(file="a", boxes=(box,) * 7, labels=tuple("abcdefg"), scores=(0.5,) * 7)
    assert many.words == "7 boxes: a 0.50, b 0.50, c 0.50, d 0.50, e 0.50, 2 more"
    assert Boxes(file="a", boxes=(), labels=(), scores=()).words == "no boxes"


def test_what_cannot_be(scenes):
    with pytest.raises(UserError, match="--long-tail thins classes"):
        TASK.prepare("digit-scenes", Options(long_tail=10.0), None)
    with pytest.raises(UserError, match="at least 32 pixels"):
        TASK.prepare("digit-scenes", Options(size=16), None)
    with pytest.raises(UserError, match=r"test size asked for is 1\.5"):
        TASK.prepare("digit-scenes", Options(test_size=1.5), None)
    with pytest.raises(UserError, match="cutout cannot be set here"):
        TASK.check(PRESETS["resnet-slim18"], TASK.recipe(scenes, 1).set_field("cutout", "8"))
    own = CustomNetwork.__new__(CustomNetwork)
    with pytest.raises(UserError, match="skipwise's own networks only"):
        TASK.check(own, TASK.recipe(scenes, 1))


def test_where_nothing_is_found_a_box_has_no_score_and_a_gradient_of_zero():
    class Blind(torch.nn.Module):
        def find(self, images):
            return self

        def detections(self):
            return [{"boxes": torch.zeros(0, 4), "scores": torch.zeros(0), "labels": torch.zeros(0, dtype=torch.long)}]

    scores = BoxScores(Blind(), torch.tensor([[0.0, 0.0, 10.0, 9.0]]), torch.tensor([1]))
    images = torch.zeros(1, 3, 8, 8, requires_grad=True)
    scores(images).sum().backward()
    assert not images.grad.any()


def test_the_longest_side_is_named(tmp_path):
    lines = ObjectDetection().described(ready(coco(tmp_path)), Options())
    assert any(f"of {WIDTH}x{HEIGHT} px" in line for line in lines)
    assert [int(number) for number in re.findall(r"no side is above (\d+) px", " ".join(lines))] == [max(HEIGHT, WIDTH)]
