"""Talks to the stand-in as any user of OpenAI would: with OpenAI's own Python package.

Environment: OPENAI_BASE_URL, OPENAI_API_KEY (the package reads both). Fails at the first thing that is not as agreed.
"""

import openai

MODEL = "standin-small"
client = openai.OpenAI(max_retries=0, timeout=20)


def ask(text, using=client, **options):
    return using.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}], **options)


def refusal(kind, text, **options):
    try:
        ask(text, **options)
    except kind as error:
        assert type(error) is kind, f"{type(error)} is not {kind}"
        return error
    raise AssertionError(f"{text}: no {kind.__name__}")


def lists_models():
    names = [model.id for model in client.models.list()]
    assert names == [MODEL, "standin-large"], names
    assert client.models.retrieve(MODEL).owned_by == "standin"


def answers_whole():
    answer = ask("Grüße, 世界 👋🏽")
    assert answer.id.startswith("chatcmpl-") and answer.object == "chat.completion" and answer.model == MODEL
    [choice] = answer.choices
    assert choice.message.content == "You said: Grüße, 世界 👋🏽" and choice.message.role == "assistant"
    assert choice.finish_reason == "stop" and choice.message.refusal is None
    usage = answer.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (9, 5, 14), usage
    assert answer._request_id.startswith("req_")


def answers_parts_of_content():
    answer = ask([{"type": "text", "text": "one "}, {"type": "text", "text": "two"}])
    assert answer.choices[0].message.content == "You said: one two"


def stops_at_the_limit():
    for limit in ({"max_tokens": 3}, {"max_completion_tokens": 3}):
        answer = ask("one two three", **limit)
        assert answer.choices[0].finish_reason == "length"
        assert answer.choices[0].message.content == "You said: one"
        assert answer.usage.completion_tokens == 3


def streams_with_usage():
    chunks = list(ask("Grüße 👋🏽", stream=True, stream_options={"include_usage": True}))
    assert len({chunk.id for chunk in chunks}) == len({chunk.created for chunk in chunks}) == 1
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[0].choices[0].delta.content == ""
    *pieces, last = chunks
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == "You said: Grüße 👋🏽"
    assert all(piece.to_dict()["usage"] is None for piece in pieces)
    assert [piece.choices[0].finish_reason for piece in pieces] == [None] * (len(pieces) - 1) + ["stop"]
    assert all(piece.to_dict()["obfuscation"] for piece in pieces)
    assert last.choices == [] and last.usage.completion_tokens == 4 and last.usage.total_tokens == 12


def streams_without_usage():
    chunks = list(ask("Hi", stream=True, stream_options={"include_obfuscation": False}))
    assert all(chunk.choices and not {"usage", "obfuscation"} & chunk.to_dict().keys() for chunk in chunks)


def streams_through_the_package_helper():
    with client.chat.completions.stream(model=MODEL, messages=[{"role": "user", "content": "Hi"}]) as stream:
        assert stream.get_final_completion().choices[0].message.content == "You said: Hi"


def sends_its_headers():
    headers = client.chat.completions.with_raw_response.create(
        model=MODEL, messages=[{"role": "user", "content": "Hi"}]
    ).headers
    for name in ("x-request-id", "openai-processing-ms", "openai-version", "openai-organization"):
        assert headers[name], name
    for kind in ("requests", "tokens"):
        assert int(headers[f"x-ratelimit-remaining-{kind}"]) < int(headers[f"x-ratelimit-limit-{kind}"])
        assert headers[f"x-ratelimit-reset-{kind}"].endswith("s")


def refuses_in_the_agreed_words():
    for text, kind, code in (
        ("[[standin: status=400]]", openai.BadRequestError, None),
        ("[[standin: status=403]]", openai.PermissionDeniedError, None),
        ("[[standin: status=409]]", openai.ConflictError, None),
        ("[[standin: status=422]]", openai.UnprocessableEntityError, None),
        ("[[standin: status=429]]", openai.RateLimitError, "rate_limit_exceeded"),
        ("[[standin: status=429 code=insufficient_quota]]", openai.RateLimitError, "insufficient_quota"),
        ("[[standin: status=500]]", openai.InternalServerError, None),
        ("[[standin: status=503]]", openai.InternalServerError, "server_is_overloaded"),
    ):
        error = refusal(kind, text)
        assert error.code == code and set(error.body) == {"message", "type", "param", "code"}, error.body
        assert error.request_id.startswith("req_")


def refuses_bad_requests():
    wrong_key = openai.OpenAI(api_key="wrong", max_retries=0)
    assert refusal(openai.AuthenticationError, "Hi", using=wrong_key).code == "invalid_api_key"
    assert refusal(openai.BadRequestError, "Hi", max_tokens=1, max_completion_tokens=1).param == "max_tokens"
    assert refusal(openai.BadRequestError, "Hi", max_completion_tokens=0).param == "max_completion_tokens"
    assert refusal(openai.BadRequestError, "Hi", stream_options={}).param == "stream_options"
    assert refusal(openai.BadRequestError, "[[standin: nonsense]]").param == "messages"
    try:
        client.chat.completions.create(model="none", messages=[{"role": "user", "content": "Hi"}])
    except openai.NotFoundError as error:
        assert error.code == "model_not_found"
    else:
        raise AssertionError("an unknown model answered")


def asks_to_wait():
    assert refusal(openai.RateLimitError, "[[standin: status=429 retry-after=2]]").response.headers["retry-after"] == "2"
    patient = openai.OpenAI(max_retries=2)
    answer = ask(
        "[[standin: status=429 retry-after=1 times=1]] Hi",
        using=patient,
        extra_headers={"x-request-id": "asks-to-wait"},
    )
    assert answer.choices[0].message.content == "You said: Hi"


def breaks_on_demand():
    refusal(openai.APIConnectionError, "[[standin: drop]]")
    refusal(openai.APITimeoutError, "[[standin: hang]]", timeout=0.5)
    pieces = []
    try:
        for chunk in ask("[[standin: error=2]] Hi", stream=True):
            pieces.append(chunk.choices[0].delta.content)
    except openai.APIError as error:
        assert error.type == "server_error" and pieces == ["", "You", " said:"], pieces
    else:
        raise AssertionError("the error in the stream was not seen")


for check in (
    lists_models,
    answers_whole,
    answers_parts_of_content,
    stops_at_the_limit,
    streams_with_usage,
    streams_without_usage,
    streams_through_the_package_helper,
    sends_its_headers,
    refuses_in_the_agreed_words,
    refuses_bad_requests,
    asks_to_wait,
    breaks_on_demand,
):
    check()
    print(f"{check.__name__}: as agreed", flush=True)
