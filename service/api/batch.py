"""Many questions in one body, each answered or refused by itself."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from service.api.body import invalid, refuse_unknown
from service.api.parameters import RELEASE, Table
from service.api.problems import InvalidFields, Problem, ProblemDocument
from service.api.replies import encode
from service.engine.answers import Answer, ReleaseRef

MAX_QUESTIONS: Final = 1_000
KEYS: Final = ("questions", "release")


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one question: exactly one of ``answer`` and ``problem``."""

    answer: Answer | None = None
    problem: ProblemDocument | None = None


class Results(msgspec.Struct, frozen=True):
    """The results in the order of the questions, and the release that all of them come from."""

    results: tuple[Result, ...]
    release: ReleaseRef


class Batch(msgspec.Struct, frozen=True):
    """The questions of a body, not yet read one by one."""

    questions: list[Any]
    release: int | None

    def checked(self, item: Any, table: Table) -> dict[str, Any]:
        """Return one question as an object of known keys; raises ``InvalidFields`` (``invalid-body``)."""
        if not isinstance(item, dict):
            raise invalid(
                'a question is an object, such as {"importer": "US", "code": "9503.00.00.73", "origin": "CN"}'
            )
        if "release" in item:
            raise invalid("stands beside questions: all answers come from one release", "release")
        refuse_unknown(item, table)
        return item


def read_batch(value: Any) -> Batch:
    """Return the questions of a decoded body.

    Raises ``Problem``: ``invalid-body`` when it is not an object with a list of questions, or the list is empty;
    ``too-large`` for more than ``MAX_QUESTIONS``.
    """
    if not isinstance(value, dict):
        raise invalid('the body is an object: {"questions": [...]}')
    refuse_unknown(value, KEYS)
    questions = value.get("questions")
    if not isinstance(questions, list):
        raise invalid("is required: a list of questions", "questions")
    if not questions:
        raise invalid("is empty; ask at least one question", "questions")
    if len(questions) > MAX_QUESTIONS:
        raise Problem("too-large", f"The body asks {len(questions)} questions; at most {MAX_QUESTIONS} are answered.")
    release: int | None = None
    if "release" in value:
        try:
            release = int(RELEASE.from_json(value["release"]))
        except ValueError as error:
            raise invalid(str(error), "release") from None
    return Batch(questions, release)


def solved(answer: Answer) -> bytes:
    """Write the result of a question that was answered."""
    return b'{"answer":%b}' % encode(answer)


def failed(problem: Problem, instance: str) -> bytes:
    """Write the result of a question that was not; ``instance`` points to it in the body."""
    if isinstance(problem, InvalidFields):
        problem = InvalidFields(list(problem.errors), slug="invalid-body")
    return b'{"problem":%b}' % encode(problem.document(instance))
