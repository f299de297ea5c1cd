"""What the baselines and evaluate stages read, without the stages before them."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.support.model_folders import SPEAKS_FOR, make_model


def write_inputs() -> None:
    """Write films whose words tell their genre half of the time, and a model."""
    random = np.random.default_rng(3)
    genres = list(SPEAKS_FOR)
    others = [f"word{number}" for number in range(400)]
    label = random.integers(len(genres), size=500)
    films = pd.DataFrame(
        {
            "film": [f"film {row}" for row in range(len(label))],
            "title": "A title",
            "year": 1990,
            "text": [
                " ".join([*random.choice(SPEAKS_FOR[genres[index]], 2), *random.choice(others, 20)])
                for index in np.where(random.random(len(label)) < 0.5, label, 0)
            ],
            "label": np.array(genres)[label],
            "labels": [[genres[index]] for index in label],
            "fold": random.choice(["train", "validation", "test"], size=len(label)),
        }
    )
    Path("data").mkdir()
    films.to_parquet("data/split.parquet", index=False)
    films[films["fold"] != "test"].to_parquet("data/balanced.parquet", index=False)
    make_model(Path("model"), weight=1 / 3)
    Path("metrics").mkdir()
    columns = "epoch,loss/train,loss/validation,accuracy/train,accuracy/validation"
    Path("metrics/history.csv").write_text(f"{columns}\n1,2,2,0.1,0.1\n2,1,1.5,0.4,0.3\n")
