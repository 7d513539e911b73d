"""Asks a model by each API, plain and streaming, with the official SDKs and a base URL alone."""

import json
import sys

import anthropic
import openai

BASE = sys.argv[1]
ASKED = [{"role": "user", "content": "hello"}]
said = {}

claude = anthropic.Anthropic(base_url=BASE, api_key="agents-own-key", max_retries=0)
said["messages"] = claude.messages.create(model="m-1", max_tokens=100, messages=ASKED).content[0].text
with claude.messages.stream(model="m-1", max_tokens=100, messages=ASKED) as stream:
    said["messages stream"] = "".join(stream.text_stream)

gpt = openai.OpenAI(base_url=f"{BASE}/v1", api_key="agents-own-key", max_retries=0)
said["responses"] = gpt.responses.create(model="m-1", max_output_tokens=100, input="hello", store=False).output_text
said["responses stream"] = "".join(
    event.delta
    for event in gpt.responses.create(model="m-1", max_output_tokens=100, input="hello", store=False, stream=True)
    if event.type == "response.output_text.delta"
)
said["chat"] = gpt.chat.completions.create(
    model="m-1", max_completion_tokens=100, messages=ASKED, store=False
).choices[0].message.content
said["chat stream"] = "".join(
    chunk.choices[0].delta.content
    for chunk in gpt.chat.completions.create(
        model="m-1",
        max_completion_tokens=100,
        messages=ASKED,
        store=False,
        stream=True,
        stream_options={"include_usage": True},
    )
    if chunk.choices
)
print(json.dumps(said))
