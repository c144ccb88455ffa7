import pytest
from safetensors.torch import save_file

from skipwise.contender import slug
from skipwise.errors import UserError
from skipwise.networks import PRESETS, CustomNetwork, NoShortcut, build
from skipwise.networks.dotted import trust
from skipwise.recipe import Recipe
from skipwise.studies.contender import Contender, parse_contender
from skipwise.studies.contender_spec import ContenderSpec, parse_specs


def parse(text, settings=()):
    trust(*ContenderSpec.parse(text).programs)  # as what is typed is
    return parse_contender(text, Recipe(), settings)


def test_a_name():
    contender = parse("resnet20")
    assert contender == Contender(label="resnet20", network=PRESETS["resnet20"], recipe=Recipe())
    assert contender.is_residual
    assert not contender.is_plain


def test_fields_of_architecture_and_recipe():
    contender = parse("resnet20:shortcut=none,lr=0.01,widths=8/16/32")
    assert contender.label == "resnet20:shortcut=none,lr=0.01,widths=8/16/32"
    assert contender.recipe.lr == 0.01
    assert [stage.width for stage in contender.network.stages] == [8, 16, 32]
    assert all(stage.block.shortcut == NoShortcut() for stage in contender.network.stages)
    assert contender.is_plain


def test_a_label():
    contender = parse("big@resnet20:kernel=5,dropout=0.1")
    assert contender.label == "big"
    assert contender.network.head.dropout == 0.1
    assert contender.network.stages[0].block.branch.kernel == 5


def test_own_fields_come_after_those_for_all():
    assert parse("plain56:lr=0.01", ["lr=0.5", "epochs=3"]).recipe.lr == 0.01
    assert parse("plain56", ["lr=0.5", "epochs=3"]).recipe.epochs == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("resnet21", "There is no network called 'resnet21': did you mean 'resnet20'?"),
        ("resnet20:kernal=5", "There is no field of resnet20 called 'kernal': did you mean 'kernel'?"),
        ("resnet20:kernel", "'kernel' in 'resnet20:kernel' is no field=value: write for example resnet20:kernel=5,lr=0.01."),
        ("@resnet20", "'@resnet20' has no label before its @: write LABEL@NAME, or NAME alone."),
        ("nothing.here", "nothing.here cannot be used: importing nothing fails with ModuleNotFoundError(\"No module "
         "named 'nothing'\")."),
        (f"{__name__}.Own:kernel=5", f"kernel cannot be set for {__name__}.Own: a network of your own has the recipe's "
         "fields only."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(text, sentence):
    with pytest.raises(UserError) as error:
        parse(text)
    assert str(error.value) == sentence


def test_one_label_twice():
    with pytest.raises(UserError) as error:
        parse_specs(["resnet20", "resnet20"])
    assert str(error.value) == ("Two contenders are called 'resnet20': put a label before one, as other@resnet20.")


def Own(input_shape, classes):  # noqa: N802
    raise AssertionError("never called here")


@pytest.mark.parametrize("text", ["resnet20:shortcut=projection,lr=0.3", f"mine@{__name__}.Own"])
def test_comes_back_from_json(text):
    contender = parse(text)
    assert Contender.from_json(contender.to_json()) == contender


def test_own_network():
    assert parse(f"{__name__}.Own").network == CustomNetwork(path=f"{__name__}.Own")


SPLIT = {"fingerprint": "f", "split_seed": 0}


def test_a_runs_name_knows_network_recipe_and_split_but_not_the_label():
    name = parse("resnet20").run_name(SPLIT)
    assert name.startswith("resnet20-")
    assert parse("other@resnet20").run_name(SPLIT)[-8:] == name[-8:]
    others = [
        parse("plain20").run_name(SPLIT),
        parse("resnet20:epochs=3").run_name(SPLIT),
        parse("resnet20:lr=0.3").run_name(SPLIT),
        parse("resnet20").run_name({**SPLIT, "split_seed": 1}),
    ]
    assert len({name[-8:], *(other[-8:] for other in others)}) == 5


def test_slug():
    assert slug("resnet20:widths=8/16,lr=.1") == "resnet20-widths-8-16-lr-.1"
    assert slug("../../etc") == "etc"
    assert slug("//") == "unnamed"


def test_networks_of_other_libraries_are_contenders():
    contender = parse("torchvision/resnet18:lr=0.1")
    assert Contender.from_json(contender.to_json()) == contender
    assert not contender.is_plain
    assert not contender.is_residual
    with pytest.raises(UserError, match="another library's network has the recipe's fields only"):
        parse("torchvision/resnet18:kernel=5")
    with pytest.raises(UserError, match="checkpointing cannot be set for timm/resnet10t: it goes by the blocks"):
        parse("timm/resnet10t:checkpointing=true")


def test_pretrained_weights_are_part_of_what_a_run_is(tmp_path):
    path = tmp_path / "weights.safetensors"
    names = []
    for seed in (0, 1):
        save_file(build(PRESETS["resnet8"], (1, 8, 8), 3, seed=seed).state_dict(), path)
        names.append(parse(f"resnet8:pretrained={path}").run_name({}))
    assert names[0] != names[1]
    with pytest.raises(UserError, match="backbone_lr_multiplier is for pretrained weights: set pretrained too"):
        parse("resnet8:backbone_lr_multiplier=0")
    with pytest.raises(UserError, match=r"pretrained=nowhere\.pth cannot be: it does not exist"):
        parse("resnet8:pretrained=nowhere.pth")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("plain20:multiplier=0", "A block without a shortcut, as in a plain twin, cannot have multiplier=0"),
        ("resnet20:initialisation=fixup", "initialisation=fixup is for networks that nothing normalises"),
        ("resnet20:shortcut=gate/x", "shortcut=gate/x cannot be: shortcut takes one of none, zero-pad"),
        ("resnet20:stride_on=1x1", "stride_on cannot be set for the branch basic: set branch=bottleneck before it"),
        ("textcnn:expansion=2", "expansion cannot be set for the branch parallel: set branch=bottleneck or inverted-"),
        (
            "resnet20:branch=my.Own,kernel=5",
            "kernel cannot be set for the branch my.Own: set branch=single or basic or",
        ),
        ("resnet20:order=preactivation", "There is no order called 'preactivation': did you mean 'pre-activation'?"),
        (
            "resnet20:branch=bottleneck,groups=5",
            "groups=5 cannot be: the 16 inner channels of a bottleneck of width 16",
        ),
    ],
)
def test_fields_that_cannot_be_together_are_one_sentence(text, sentence):
    with pytest.raises(UserError) as error:
        build(parse(text).network, (3, 32, 32), 10, seed=0)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("text", "label", "name", "fields"),
    [
        ("resnet8", "resnet8", "resnet8", ()),
        ("a b@resnet8:kernel=5,lr=0.1", "a b", "resnet8", (("kernel", "5"), ("lr", "0.1"))),
        ("resnet8:kernel = 5", "resnet8:kernel = 5", "resnet8", (("kernel", "5"),)),
        ("one@two@torchvision/resnet18", "one@two", "torchvision/resnet18", ()),
    ],
)
def test_a_spec_is_read_once_and_written_back(text, label, name, fields):
    spec = ContenderSpec.parse(text)
    assert spec == ContenderSpec(label=label, name=name, fields=fields)
    assert ContenderSpec.parse(str(spec)) == spec


def test_a_field_goes_on_working_by_its_former_name(tmp_path):
    """And a run's folder keeps its name: the identity has the former one."""
    weights = tmp_path / "weights.safetensors"
    save_file(build(PRESETS["resnet8"], (1, 8, 8), 3, seed=0).state_dict(), weights)
    old, new = (
        parse(f"a@resnet8:pretrained={weights},{name}=0.1") for name in ("trunk_rate", "backbone_lr_multiplier")
    )
    assert old == new
    assert new.recipe.identity["trunk_rate"] == 0.1
    as_json = new.to_json()
    as_json["recipe"]["trunk_rate"] = as_json["recipe"].pop("backbone_lr_multiplier")
    assert Contender.from_json(as_json) == new
