#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: language_server.py MIMOSA

What an editor makes of the program's schemas, asked of yaml-language-server by its protocol: diagnostics at the right
lines, and none of a good file; keys and choices completed; what a key means. Exit status 77 where it is missing.
"""
import json
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

WAIT_S = 60
HEADER = "# yaml-language-server: $schema=experiment.schema.json\n"
GOOD = HEADER + "network: mimoconv_fmnist_n2\nchip:\n  adc:\n    bits: 6\nengine: functional\n"
# Lines count from 0, which is the header.
BAD = HEADER + "network: [a, b]\nengine: functoinal\nchip:\n  adc:\n    bits: 99\n    bitz: 3\ninputs: many\n"
BAD_LINES = {2: "engine", 5: "bits", 6: "bitz", 7: "inputs"}


class Server:
    """A language server at the other end of two pipes."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers, self.diagnostics, self.last = {}, {}, 0
        self.messages = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while header := self.process.stdout.readline():
            self.process.stdout.readline()
            size = int(header.split(b":")[1])
            self.messages.put(json.loads(self.process.stdout.read(size)))
        self.messages.put(None)

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def take(self):
        """The next message: kept where it is an answer or a diagnostic, answered where it is a question."""
        message = self.messages.get(timeout=WAIT_S)
        if message is None:
            sys.exit("the language server ended")
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            wanted = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            self.send(id=message["id"], result=None if wanted is None else [{} for _ in wanted])
        elif "id" in message:
            self.answers[message["id"]] = message

    def ask(self, method, **params):
        self.last += 1
        self.send(id=self.last, method=method, params=params)
        while self.last not in self.answers:
            self.take()
        answer = self.answers.pop(self.last)
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, path, text):
        """Its diagnostics."""
        path.write_text(text)
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        while path.as_uri() not in self.diagnostics:
            self.take()
        return self.diagnostics[path.as_uri()]

    def at(self, method, path, line, character):
        position = {"line": line, "character": character}
        return self.ask(method, textDocument={"uri": path.as_uri()}, position=position)

    def labels(self, path, line, character):
        return {item["label"] for item in self.at("textDocument/completion", path, line, character)["items"]}


def expect(what, holds, found):
    if not holds:
        sys.exit(f"{what}: {found}")


def check(server, folder, meaning):
    server.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities={})
    server.send(method="initialized", params={})
    found = server.open(folder / "good.yaml", GOOD)
    expect("a good file has mistakes", not found, found)
    found = {d["range"]["start"]["line"]: d["message"] for d in server.open(folder / "bad.yaml", BAD)}
    expect("mistakes at other lines", set(found) == set(BAD_LINES), found)
    expect("the key is not told", "bitz" in found[6], found[6])
    expect("the range is not told", "24" in found[5], found[5])

    server.open(folder / "key.yaml", HEADER + "chip:\n  adc:\n    bi\n")
    found = server.labels(folder / "key.yaml", 3, 6)
    expect("keys are not completed", "bits" in found and "rows" not in found, found)
    server.open(folder / "choice.yaml", HEADER + "engine: \n")
    found = server.labels(folder / "choice.yaml", 1, 8)
    expect("choices are not completed", {"both", "functional", "timed", "timing"} <= found, found)
    found = json.dumps(server.at("textDocument/hover", folder / "good.yaml", 4, 5), ensure_ascii=False)
    expect("the key's meaning is not shown", meaning in found, found)


def main():
    program = shutil.which("yaml-language-server")
    if program is None:
        print("skipped: it needs yaml-language-server")
        sys.exit(77)
    mimosa = sys.argv[1]
    told = subprocess.run([mimosa, "explain", "chip.adc.bits"], check=True, capture_output=True, text=True).stdout
    meaning = told.split("meaning  ")[1].splitlines()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([mimosa, "schema", "experiment", "--out", folder / "experiment.schema.json"], check=True)
        server = Server(program)
        try:
            check(server, folder, meaning)
        finally:
            server.process.kill()


main()
