"""The space of a search: what a file may say, and the contender that a choice makes."""

import pytest

from skipwise import UserError
from skipwise.recipe import Recipe
from skipwise.studies.contender import parse_contender
from skipwise.studies.tuning.space import Range, family_of
from skipwise.studies.tuning.space_file import parse_space, read_space, usual_space

RESNET = family_of("resnet")


def space(text, family=RESNET):
    return parse_space(text, family, "my.toml")


def test_the_usual_space_covers_what_the_command_promises_and_holds_the_usual_network():
    usual = usual_space(RESNET, Recipe())
    assert {one.field for one in usual.dimensions} == {
        "depth", "width", "kernel", "downsample", "shortcut", "lr", "weight_decay",
    }  # fmt: skip
    assert [one.name for one in usual.dimensions if one.field == "kernel"] == [
        "kernel of stage 1", "kernel of stage 2", "kernel of stage 3",
    ]  # fmt: skip
    values = usual.values_of_usual(Recipe(), ())
    assert (values["depth"], values["width"], values["lr"]) == (20, 1, Recipe().lr)
    assert usual.description(values, Recipe(), ()) == "resnet20"
    assert parse_space(usual.text, RESNET, "again").dimensions == usual.dimensions


def test_values_become_a_contender_that_can_be_written_by_hand():
    one = space(
        'depth = [14, 20]\nwidth = [0.5, 2]\nkernel = [[3, 5], [3, 5], [3, 5]]\ndownsample = ["max", "stride"]\n'
        "flip = [true, false]\nlr = {low = 0.001, high = 1.0, log = true}\nbatch_size = {low = 16, high = 64}\n"
    )
    assert one.dimensions[-1].values == Range(low=16, high=64)
    assert one.dimensions[-1].values.whole
    values = {
        "depth": 14, "width": 2, "kernel of stage 1": 3, "kernel of stage 2": 5, "kernel of stage 3": 3,
        "downsample": "max", "flip": True, "lr": 0.0314159, "batch_size": 48,
    }  # fmt: skip
    text = one.description(values, Recipe(), ())
    assert text == "resnet14:widths=32/64/128,kernel=3/5/3,downsample=max,flip=true,lr=0.0314,batch_size=48"
    made = parse_contender(text, Recipe())
    assert [stage.block.branch.kernel for stage in made.network.stages] == [3, 5, 3]
    assert (made.recipe.lr, made.recipe.flip, made.recipe.batch_size) == (0.0314, True, 48)


def test_what_would_change_nothing_is_left_out_but_what_undoes_a_setting_is_not():
    one = space("kernel = [3, 5]")
    assert one.description({"kernel": 3}, Recipe(), ()) == "resnet20"
    assert one.description({"kernel": 3}, Recipe(), ("kernel=5",)) == "resnet20:kernel=3"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kernal = [3]", "my.toml: There is no field of a space called 'kernal': did you mean 'kernel'?"),
        ("kernel = 3", "my.toml: kernel is 3: write choices as [1, 2], choices for each stage as [[1, 2], [1, 2]], or a"),
        ("kernel = []", "my.toml: kernel is []: write choices"),
        ("kernel = [4]", "my.toml: kernel=4 cannot be: kernel takes an odd number of pixels"),
        ("kernel = [[3], [4], [3]]", "my.toml: kernel=4/4/4 cannot be: kernel takes an odd number"),
        ("kernel = [[3], [5]]", "my.toml: kernel has choices for 2 stages, and resnet20 has 3."),
        ("kernel = [[3], [], [5]]", "my.toml: kernel has an empty list of choices"),
        ("kernel = [[3], 3, [5]]", "my.toml: kernel has [3] among its choices: they are numbers, words, true or false."),
        ('downsample = ["strid"]', "my.toml: There is no downsampling called 'strid': did you mean 'stride'?"),
        ("lr = [[0.1], [0.2], [0.3]]", "my.toml: lr is no matter of single stages: write its choices in one list."),
        ("lr = {low = 0.1}", "my.toml: the range of lr has no high: write lr = {low = 1, high = 2}."),
        ("lr = {low = 0.1, hihg = 1}", "my.toml: There is no part of the range of lr called 'hihg': did you mean 'high'?"),
        ("lr = {low = 'a', high = 1}", "my.toml: low in the range of lr is 'a': it takes a number."),
        ("lr = {low = 1, high = 2, log = 1}", "my.toml: log in the range of lr is 1: it takes true or false."),
        ("lr = {low = 2, high = 1}", "my.toml: the range of lr goes from 2 to 1: low must be below high."),
        ("lr = {low = 0, high = 1, log = true}", "my.toml: the range of lr is log and begins at 0: it must begin above 0."),
        ("momentum = {low = 0.5, high = 1.5}", "my.toml: momentum=1.5 cannot be: momentum takes a number from 0 to below 1."),
        ("depth = [19]", "my.toml: there is no resnet of 19 layers; known are 8, 14, 20"),
        ("depth = {low = 8, high = 20}", "my.toml: depth is a range: not every number has a network"),
        ("width = [0]", "my.toml: width=0 cannot be: width takes factors above 0."),
        ("width = [1]\nwidths = ['16/32/64']", "my.toml: width and widths say the same in two ways: keep one of them."),
        ("epochs = [5, 10]", "my.toml: epochs is the same for every trial: give it with --set epochs=VALUE."),
        ("", "my.toml names no field: write for example kernel = [3, 5, 7]."),
        ("kernel = [3", "my.toml is no TOML: "),
        (f"kernel = {'[' * 5_000}{']' * 5_000}", "my.toml is nested too deeply"),
        (f"kernel = {'9' * 5_000}", "my.toml cannot be read (Exceeds the limit"),
    ],
)  # fmt: skip
def test_mistakes_in_a_space_are_one_sentence(text, sentence):
    with pytest.raises(UserError) as error:
        space(text)
    assert str(error.value).startswith(sentence)
    assert "\n" not in str(error.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(UserError, match=r"There is no file .*none\.toml: name a space"):
        read_space(tmp_path / "none.toml", RESNET)
    with pytest.raises(UserError, match="is a folder: name the file of a space"):
        read_space(tmp_path, RESNET)
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(UserError, match="is no text in UTF-8"):
        read_space(tmp_path / "latin.toml", RESNET)


def test_families():
    assert (RESNET.usual, list(RESNET.depths)[:4]) == ("resnet20", [8, 14, 20, 32])
    assert 50 not in RESNET.depths  # four stages, not three
    assert family_of("preresnet").usual == "preresnet110"
    assert family_of("article-cnn").depths == {}
    with pytest.raises(UserError, match=r"There is no family called 'resmet': did you mean 'resnet'\?"):
        family_of("resmet")
    with pytest.raises(UserError, match="article-cnn is one network: depth is for families"):
        space("depth = [8]", family_of("article-cnn"))


@pytest.mark.parametrize(
    "name", ["resnet", "vgg", "preresnet", "repvgg-a", "article-cnn", "article-resnet", "resnet50"]
)
def test_every_family_has_a_usual_space(name):
    family = family_of(name)
    usual = usual_space(family, Recipe())
    assert usual.values_of_usual(Recipe(), ()) is not None or name in (
        "repvgg-a",
        "article-cnn",
        "vgg",
        "article-resnet",
    )
    values = {one.name: one.values.low if isinstance(one.values, Range) else one.values[0] for one in usual.dimensions}
    usual.description(values, Recipe(), ())
