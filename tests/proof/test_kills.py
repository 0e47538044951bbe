"""A sample of the random kills, and what the proof makes of what it sees."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.conftest import need_dovecot
from tests.proof import kills
from tests.proof.kills import Verdict
from tests.servers import postfix, smtp_sink


def test_killed_at_random() -> None:
    """A daemon that is killed twice loses nobody and writes to nobody twice."""
    need_dovecot()
    if not (postfix.installed() or smtp_sink.postfix_sink_installed()):
        pytest.skip("Postfix is not installed: apt install postfix")
    verdict = kills.run(2, seed=3, receipts="none", keep=False)
    assert verdict.clean, verdict.details()
    assert (verdict.kills, verdict.receipted, verdict.messages) == (2, 0, 8)


def test_a_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kills that were done by an earlier run of the same seed are not done again; another share of receipt copies is another run."""
    monkeypatch.setattr(kills, "KEPT", tmp_path)
    done = [Verdict(kills=20, messages=80), Verdict(kills=20, receipted=20, messages=80, twice=["ann@customer.example"])]
    (tmp_path / "kills-half-5.json").write_text(json.dumps({number: asdict(verdict) for number, verdict in enumerate(done)}))
    assert kills.run(40, seed=5) == Verdict(kills=40, receipted=20, messages=160, twice=["ann@customer.example"])
    assert kills.run(0, seed=5, receipts="all") == Verdict()


def test_figures_add_up() -> None:
    """Batches are counted together, and one violation of any kind spoils the verdict and has its line."""
    for kind, line in (("lost", "lost: ann"), ("twice", "twice: ann"), ("silent", "silent: ann"), ("problems", "problem: ann")):
        verdict = Verdict(kills=3, proven=1)
        assert verdict.clean
        verdict.add(Verdict(kills=2, receipted=2, seconds=5, **{kind: ["ann"]}))
        assert not verdict.clean
        assert verdict.details() == [line]
        assert str(verdict).startswith("5 kills (2 with receipt copies)")
        assert "1.00 s for each kill" in str(verdict)
