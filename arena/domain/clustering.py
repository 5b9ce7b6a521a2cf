"""Clustering: a person's votes hang together, so that a hundred votes of one count for less than one of a hundred."""

from collections.abc import Iterator

import numpy as np

from arena.domain.tally import Ballots, Floats, Ints

PEOPLE_AT_ONCE = 4096  # their scores are a matrix of 1.6 MB for 50 models


def meat_of(ballots: Ballots, chances: Floats) -> Floats:
    """The sum over participants of g gᵀ, shape (models, models); g is the score of all their votes together.

    ``chances`` are the fitted probabilities that the model of the row beats that of the column. Costs time in
    proportion to the rows, and memory for some thousand people at once. (Liang & Zeger 1986, Biometrika 73, 13–22.)
    """
    models = len(chances)
    order = np.argsort(ballots.participant, kind="stable")
    people = np.cumsum(np.diff(ballots.participant[order], prepend=ballots.participant[order[:1]]) != 0)
    one, two = ballots.one[order], ballots.two[order]
    surprise = (ballots.score[order] - chances[one, two]) * ballots.count[order]
    meat = np.zeros((models, models))
    for start, stop, first in _blocks(people):
        row = (people[start:stop] - first) * models
        scores = np.zeros(PEOPLE_AT_ONCE * models)
        scores += np.bincount(row + one[start:stop], surprise[start:stop], len(scores))
        scores -= np.bincount(row + two[start:stop], surprise[start:stop], len(scores))
        by_person = scores.reshape(PEOPLE_AT_ONCE, models)
        meat += by_person.T @ by_person
    return meat


def _blocks(people: Ints) -> Iterator[tuple[int, int, int]]:
    """From which row to which one the next thousands of people reach, and the first of them."""
    last = int(people[-1]) if len(people) else -1
    for first in range(0, last + 1, PEOPLE_AT_ONCE):
        start, stop = np.searchsorted(people, (first, first + PEOPLE_AT_ONCE)).tolist()
        yield start, stop, first
