"""What can go wrong with a model, by kind. They know no web: a door gives them their sentence and status."""


class InferenceError(Exception):
    """`code` is what rows and logs keep; `retry` says whether the same request may succeed later."""

    code = "engine_failed"
    retry = True


class EngineUnavailable(InferenceError):
    """A library or a weights file is missing. `hint` tells the operator what to do."""

    code = "engine_unavailable"
    retry = False

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


class ContextOverflow(InferenceError):
    code = "context_overflow"
    retry = False

    def __init__(self, tokens: int, room: int) -> None:
        super().__init__(f"{tokens} tokens were asked for where {room} fit")
        self.tokens = tokens
        self.room = room


class Overloaded(InferenceError):
    code = "overloaded"

    def __init__(self, waiting: int, retry_after_seconds: float) -> None:
        super().__init__(f"{waiting} requests are waiting")
        self.retry_after_seconds = retry_after_seconds


class EngineFailed(InferenceError):
    """This request died; others go on."""


class BadRequest(InferenceError):
    """What was asked of the model makes no sense; its sentence says what, for whoever asked."""

    code = "bad_request"
    retry = False
