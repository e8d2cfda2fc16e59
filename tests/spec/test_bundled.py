from pathlib import Path

import pytest

from layergen.spec import bundled


def test_a_checkout_has_them_beside_the_package() -> None:
    assert (bundled.templates() / "layer" / "default.toml").is_file()
    assert bundled.examples().is_dir()


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = tmp_path / "layergen" / "generated_examples" / "linear"
    example.mkdir(parents=True)
    (example / "layergen.toml").touch()
    (example.parent / "no_component").mkdir()
    monkeypatch.setattr(bundled, "PACKAGE", tmp_path / "layergen")
    assert bundled.example_names() == ("linear",)
