"""The evaluate stage: its metrics, files and report."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdb_genres.errors import UserError
from imdb_genres.evaluation import report
from imdb_genres.evaluation.baselines import LOGISTIC, read_baselines, write_baselines
from imdb_genres.evaluation.bootstrap import Difference
from imdb_genres.evaluation.evaluator import count_training_films, evaluate
from imdb_genres.evaluation.experiment_result import make_result
from imdb_genres.evaluation.findings import DETAILS, SCORES, Findings, write_metrics
from imdb_genres.evaluation.fit_baselines import fit_baselines
from imdb_genres.evaluation.metrics import (
    PRIMARY_METRIC,
    Predictions,
    Truth,
    expected_balanced_accuracy,
)
from imdb_genres.evaluation.predictions import PredictionTable, ground_truth
from imdb_genres.evaluation.reliability import calibration_error, reliability
from imdb_genres.evaluation.report import Context, confident_mistakes, highlight, write_report
from imdb_genres.evaluation.tables import confusion_table, genre_table
from imdb_genres.experiments.compare import score_interval
from imdb_genres.inference.predictor import Predictor
from stages.evaluate import MIN_TEST_FILMS, main, next_step, summary
from tests.inference.test_explain import CUES, GENRES, CueModel
from tests.support.browser import opened_offline
from tests.support.params import params_with

MATRIX_CONTRASTS = """() => {  // WCAG's ratio of text and background, for shares from 0 to 1
  const luminance = color => {
    const scale = color.startsWith("rgb") ? 255 : 1;
    const [red, green, blue] = color.match(/[0-9.]+/g).map(part => part / scale)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const cells = [...document.querySelectorAll(".matrix tbody td")];
  return cells.flatMap(cell => [...Array(11).keys()].map(tenths => {
    cell.style.setProperty("--share", tenths / 10);
    const style = getComputedStyle(cell);
    const [dark, light] = [style.color, style.backgroundColor].map(luminance).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }));
}"""


def films(rows: int = 240) -> pd.DataFrame:
    """Return invented films: two cues of a genre each, a second genre for some, all folds."""
    random = np.random.default_rng(5)
    cues = [word for word, genre in CUES.items() if genre is not None]
    places = random.integers(6, size=rows)
    label = [GENRES[place // 2] for place in places]
    second = random.choice([*GENRES, ""], size=rows, p=[0.1, 0.1, 0.1, 0.7])
    return pd.DataFrame(
        {
            "film": [f"film {row}" for row in range(rows)],
            "title": [f"<b>Title</b> {row}" for row in range(rows)],
            "year": [1990.0 if row % 2 else np.nan for row in range(rows)],
            "text": [
                f"the {cues[place] if random.random() < 0.7 else random.choice(cues)} <script>x</script>"
                for place in places
            ],
            "labels": [sorted({a, b} - {""}) for a, b in zip(label, second, strict=True)],
            "label": label,
            "fold": random.choice(["train", "validation", "test"], size=rows),
        }
    )


def write_inputs() -> None:
    """Write the films and the baselines' predictions."""
    every = films()
    split, balanced = Path("data/split.parquet"), Path("data/balanced.parquet")
    every.to_parquet(split, index=False)
    every[every["fold"] != "test"].to_parquet(balanced, index=False)
    write_baselines(fit_baselines(balanced, split, 10_000, 1))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKING", "off")
    (tmp_path / "data").mkdir()
    (tmp_path / "metrics").mkdir()
    write_inputs()
    history = "epoch,loss/train,loss/validation,accuracy/train,accuracy/validation\n"
    Path("metrics/history.csv").write_text(history + "1,2,2,0.1,0.1\n2,1,1.5,0.4,0.3\n")
    return tmp_path


@pytest.fixture
def findings(workspace: Path) -> Findings:
    return evaluate(Path("data/split.parquet"), CueModel(), read_baselines(), 50, 1)


def test_the_primary_metric_comes_first_with_its_interval_ceiling_and_chance(
    findings: Findings,
) -> None:
    scores = findings.scores
    low, high = f"{PRIMARY_METRIC}_low", f"{PRIMARY_METRIC}_high"
    others = [low, high, "ceiling", "chance", LOGISTIC]
    assert list(scores)[:6] == [PRIMARY_METRIC, *others]
    assert scores["chance"] == pytest.approx(1 / 3, abs=1e-6)
    assert scores[low] < scores[PRIMARY_METRIC] < scores[high]
    assert scores[PRIMARY_METRIC] < scores["ceiling"] < 1


def test_compare_prints_the_interval_that_the_stage_wrote(findings: Findings) -> None:
    params = {"seed": "1", "evaluate.bootstrap_resamples": "50"}
    interval = score_interval([make_result("workspace", params, findings.predictions)])
    written = [findings.scores[f"{PRIMARY_METRIC}_{end}"] for end in ("low", "high")]
    assert [round(end, 6) for end in interval] == written


def test_every_method_has_every_score(findings: Findings) -> None:
    counts = findings.methods.groupby("method").size()
    assert set(counts.index) == {"model", "logistic_regression", "majority"}
    assert counts.nunique() == 1
    values = findings.methods.set_index(["method", "score"])["value"]
    assert values["majority", PRIMARY_METRIC] == pytest.approx(1 / 3, abs=1e-6)
    assert values["logistic_regression", PRIMARY_METRIC] > 0.5
    assert values["model", PRIMARY_METRIC] > 0.5


def test_only_test_films_are_scored_and_no_training_text_is_a_test_text(findings: Findings) -> None:
    test = films().query("fold == 'test'")
    assert findings.predictions.rows["film"].tolist() == test["film"].tolist()


def test_the_files_are_the_same_bytes_each_time(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Predictor, "load", lambda **_: CueModel())
    made = []
    for _ in range(2):
        main(params_with({"evaluate.bootstrap_resamples": 20}))
        files = sorted(path for path in workspace.rglob("*.*") if path.is_file())
        made.append({path: path.read_bytes() for path in files})
    assert made[0] == made[1]
    names = {str(path.relative_to(workspace)) for path in made[0]}
    assert names == {
        "data/balanced.parquet",
        "data/baselines/logistic_regression.npz",
        "data/baselines/majority.npz",
        "data/baselines/rows.json",
        "data/split.parquet",
        "data/evaluation/predictions.parquet",
        "data/evaluation/report.html",
        "metrics/confusion.csv",
        "metrics/details.json",
        "metrics/genres.csv",
        "metrics/history.csv",
        "metrics/methods.csv",
        "metrics/scores.json",
    }
    assert "expected balanced accuracy" in capsys.readouterr().out


def test_dvc_metrics_are_few_and_details_hold_every_score(findings: Findings) -> None:
    write_metrics(findings)
    scores, details = (json.loads(path.read_text()) for path in (SCORES, DETAILS))
    assert 3 <= len(scores) <= 5
    assert next(iter(scores)) == PRIMARY_METRIC
    assert details == findings.scores
    assert scores.items() <= details.items()


def test_metrics_hold_no_texts(findings: Findings) -> None:
    write_metrics(findings)
    header, *lines = Path("metrics/confusion.csv").read_text().splitlines()
    assert header == "genre,predicted,films,share"
    assert len(lines) == 9


def test_the_summary_ends_on_what_to_do_next(findings: Findings) -> None:
    assert "expected balanced accuracy" in summary(findings)
    assert "logistic regression" in summary(findings)
    worse, better = (Difference(value, 0, 0, p=0.01) for value in (-0.1, 0.1))
    for difference in (worse, better._replace(p=0.5)):
        advice = next_step(findings._replace(difference=difference))
        assert "experiments --list" in advice and "dvc exp run" not in advice
    assert "experiments --list" not in next_step(findings._replace(difference=better))


def test_the_summary_warns_of_few_test_films(findings: Findings) -> None:
    few = findings._replace(
        test=findings.test[findings.test["film"].isin(findings.test["film"][:20])]
    )
    many = findings.test["film"].nunique() >= MIN_TEST_FILMS
    warning = f"fewer than {MIN_TEST_FILMS} test films"
    assert many and warning not in summary(findings)
    assert warning in summary(few)


def test_a_genre_that_the_model_does_not_know_is_one_message() -> None:
    with pytest.raises(UserError, match=r"War: .* model"):
        ground_truth(films(), ["Comedy", "Horror"])


def test_a_training_film_of_several_descriptions_counts_once(tmp_path: Path) -> None:
    rows = [("a", "train", ["Drama"])] * 3 + [("b", "train", ["Drama", "War"]), ("c", "test", [])]
    path = tmp_path / "split.parquet"
    pd.DataFrame(rows, columns=["film", "fold", "labels"]).to_parquet(path)
    assert count_training_films(path).to_dict() == {"Drama": 1.5, "War": 0.5}


def test_genres_by_hand() -> None:
    confusion = np.array([[3.0, 1, 0], [2, 2, 0], [0, 0, 0]])
    table = genre_table(confusion, ["a", "b", "c"]).set_index("genre")
    assert table.loc["a"].to_dict() == {
        "precision": 0.6,
        "recall": 0.75,
        "f1": 0.666667,
        "films": 4,
    }
    assert table.loc["c"].to_dict() == {"precision": 0, "recall": 0, "f1": 0, "films": 0}
    shares = confusion_table(confusion, ["a", "b", "c"])
    assert shares["share"].tolist() == [0.75, 0.25, 0, 0.5, 0.5, 0, 0, 0, 0]


def test_the_mean_accuracy_of_the_reliability_diagram_is_the_primary_metric(
    findings: Findings,
) -> None:
    test = findings.test
    truth = ground_truth(test, GENRES)
    predictions = Predictions(
        findings.predictions.probabilities.to_numpy(), np.ones((len(test), 3), dtype=bool)
    )
    bins = reliability(truth, predictions)
    primary_metric = expected_balanced_accuracy(truth, predictions.predicted).score()
    assert (bins["accuracy"] * bins["share"]).sum() == pytest.approx(primary_metric)
    assert bins["share"].sum() == pytest.approx(1)


def test_confidence_80_percent_and_accuracy_50_is_a_calibration_error_of_30() -> None:
    truth = Truth(np.arange(4), np.array([0, 0, 1, 1]), np.eye(2, dtype=bool)[[0, 0, 1, 1]])
    probabilities = np.array([[0.8, 0.2], [0.2, 0.8], [0.2, 0.8], [0.8, 0.2]])
    bins = reliability(truth, Predictions(probabilities, probabilities > 0.5))
    assert len(bins) == 1
    assert calibration_error(bins) == pytest.approx(0.3)


def test_mistakes_are_of_films_without_the_genre_and_the_most_probable_first(
    findings: Findings,
) -> None:
    mistakes = confident_mistakes(findings)
    assert len(mistakes)
    pairs = zip(mistakes["predicted"], mistakes["labels"], strict=True)
    assert all(predicted not in labels for predicted, labels in pairs)
    assert mistakes["probability"].is_monotonic_decreasing


def test_a_row_has_the_most_probable_genre_and_all_predicted_labels() -> None:
    test = films().query("fold == 'test'").head(2)
    predictions = Predictions(
        np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]), np.array([[0, 1, 1], [1, 0, 0]], bool)
    )
    table = PredictionTable.of(test, predictions, GENRES)
    assert table.rows["predicted"].tolist() == ["Horror", "Comedy"]
    assert table.rows["predicted_labels"].tolist() == [["Horror", "War"], ["Comedy"]]
    assert table.probabilities["Horror"].tolist() == pytest.approx([0.5, 0.1])


def test_the_report_shows_texts_as_texts_and_loads_nothing(
    findings: Findings, workspace: Path
) -> None:
    page = workspace / "report.html"
    write_report(page, findings, CueModel())
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "&lt;b&gt;Title&lt;/b&gt;" in text
    assert not [part for part in ("src=", "@import", "url(http") if part in text]


def test_a_report_with_context_names_the_commit_and_what_changed(
    findings: Findings, workspace: Path
) -> None:
    curve = pd.DataFrame(
        {"method": "model", "descriptions": [10, 20], "value": [0.3, 0.4], "low": 0.2, "high": 0.5}
    )
    context = Context("abc1234", {"train.dropout": ("0.6", "0.4")}, curve)
    write_report(workspace / "report.html", findings, CueModel(), context)
    text = (workspace / "report.html").read_text(encoding="utf-8")
    assert "abc1234" in text
    assert "train.dropout" in text
    assert "Learning curve" in text


def test_the_words_that_misled_are_marked(findings: Findings) -> None:
    html = highlight(CueModel(), "The <i>Ghost</i> and a cake", "Horror")
    assert re.search(r'<mark class="level-3" title="\+\d.\d\d log-odds">Ghost</mark>', html)
    assert "&lt;i&gt;" in html
    assert "cake</mark>" not in html


def test_a_word_with_an_apostrophe_is_marked_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    effects = {"don't": np.array([0.0, 2.0, 0.0])}
    monkeypatch.setattr(report, "occlusion_attributions", lambda predictor, text: effects)
    html = highlight(CueModel(), "Don't go, don", "Horror")
    assert re.findall(r"<mark [^>]+>([^<]+)</mark>", html) == ["Don&#39;t"]


@pytest.mark.slow
def test_the_report_opens_without_a_network_fits_a_phone_and_has_a_dark_mode(
    findings: Findings, workspace: Path
) -> None:
    write_report(workspace / "report.html", findings, CueModel())
    with opened_offline(workspace / "report.html") as page:
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert page.locator("svg").count() == 4 + len(GENRES)
        assert page.get_by_text("ghost", exact=True).first.is_visible()
        colors = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            colors.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            assert min(page.evaluate(MATRIX_CONTRASTS)) >= 4.5
        assert colors == ["rgb(251, 250, 252)", "rgb(23, 21, 27)"]
