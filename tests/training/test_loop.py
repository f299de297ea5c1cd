"""The loop over epochs: a training that diverges ends with an error."""

from unittest.mock import Mock

import numpy as np
import pytest

from imdb_genres.errors import UserError
from imdb_genres.training.loop import TrainingState, training_loop
from tests.support.params import params_with


@pytest.mark.parametrize("losses", [(np.nan, 1.0), (1.0, np.nan), (1.0, np.inf)])
def test_a_training_that_diverges_is_an_error(losses: tuple[float, float]) -> None:
    trainer = Mock(network=Mock(variables=[]))
    trainer.train_epoch.return_value = (losses[0], 0.5)
    trainer.evaluate.return_value = (losses[1], 0.5)
    rows = (np.arange(3), np.arange(3))
    with pytest.raises(UserError, match=r"diverged.*epoch 1.*learning_rate"):
        next(training_loop(trainer, TrainingState(), rows, params_with().train, seed=1))
