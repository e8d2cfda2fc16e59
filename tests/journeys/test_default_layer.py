"""`layergen new-layer GatedUnit && pytest gated_unit`, wherever it is run."""

import pytest

# inductor's own test is slow and is run once, by the bundled examples
QUICK = ("-k", "not inductor")


def test_passes_in_the_folder(layergen, folder, generated_tests):
    layergen("new-layer", "GatedUnit")

    ran = generated_tests("gated_unit", *QUICK, cwd=folder)

    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout


def test_layergen_is_really_out_of_reach(folder, generated_tests):
    (folder / "test_reach.py").write_text(
        "def test_it():\n    import layergen.errors\n"
    )

    ran = generated_tests("test_reach.py", cwd=folder)

    assert "layergen is not here" in ran.stdout


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_passes_from_any_directory(layergen, folder, generated_tests, mode, tmp_path):
    layergen("new-layer", "GatedUnit")

    ran = generated_tests(
        str(folder / "gated_unit"), f"--import-mode={mode}", *QUICK, cwd=tmp_path
    )

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_passes_inside_a_src_package(layergen, folder, generated_tests, mode):
    package = folder / "src" / "my_ops"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    layergen("new-layer", "GatedUnit", "--into", "src/my_ops")

    ran = generated_tests(
        "src/my_ops/gated_unit", f"--import-mode={mode}", *QUICK, cwd=folder
    )

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_passes_beside_a_sibling(layergen, folder, generated_tests, mode):
    layergen("new-layer", "GatedUnit")
    layergen("new-layer", "OtherUnit")

    ran = generated_tests(".", f"--import-mode={mode}", *QUICK, cwd=folder)

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_passes_with_the_tests_elsewhere(layergen, folder, generated_tests, mode):
    package = folder / "src" / "my_ops"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    layergen(
        *("new-layer", "GatedUnit", "--into", "src/my_ops", "--tests-into", "tests")
    )
    assert not (package / "gated_unit" / "tests").exists()

    ran = generated_tests(
        *("tests/test_gated_unit", f"--import-mode={mode}", *QUICK),
        cwd=folder,
        path=[folder / "src"],
    )

    assert ran.returncode == 0, ran.stdout


def test_tests_elsewhere_say_what_must_be_importable(layergen, folder):
    told = layergen("new-layer", "GatedUnit", "--tests-into", "tests")

    assert "gated_unit" in told.out
    assert "importable" in told.out


def test_layergen_test_runs_them(layergen, folder):
    layergen("new-layer", "GatedUnit", "--tests-into", "tests")

    layergen("test", "gated_unit", "-q", *QUICK)


def test_a_broken_layer_fails(layergen, folder):
    layergen("new-layer", "GatedUnit")
    layer = folder / "gated_unit" / "layer.py"
    text = layer.read_text()
    layer.write_text(text.replace("x @ weight", "2 * x @ weight"))
    assert layer.read_text() != text

    layergen("test", "gated_unit", "-q", *QUICK, answer=1)


def test_the_same_command_again_changes_nothing(layergen, folder):
    layergen("new-layer", "GatedUnit")

    told = layergen("new-layer", "GatedUnit")

    assert "create" not in told.out
    assert "overwrite" not in told.out


def test_regenerating_a_default_gives_the_same_bytes(layergen, folder):
    layergen("new-layer", "GatedUnit")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    layergen("regenerate", "gated_unit")

    assert before == {p: p.read_bytes() for p in before}
