"""Turns Pullwright's webhooks into pull requests on GitHub. Python 3.9 or newer, standard library only.

    WEBHOOK_SECRET=whsec_... GITHUB_TOKEN=... REPOSITORY=owner/name python3 receiver.py

One pull request for each application and environment: later deployments add to it while it is open. Answers 2xx once the
pull request is there; after any 5xx Pullwright tries again, and finds what the attempt before left.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import OrderedDict
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY = 5 * 1024 * 1024
TOLERANCE_SECONDS = 300
REMEMBERED_IDS = 10_000
# GitHub takes 65,536 characters: some stay free for what stands around the changes.
MAX_CHANGES = 60_000


class Refused(Exception):
    """What the sender gets: a status and a word."""

    def __init__(self, status, word):
        super().__init__(word)
        self.status, self.word = status, word


def verify(secrets, headers, body, now):
    """The id of a delivery that holders of the secret signed lately: https://www.standardwebhooks.com. Else 401."""
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or "." in message_id or not re.fullmatch(r"[0-9]{1,12}", seconds):
        raise Refused(401, "unauthorized")
    if abs(now - int(seconds)) > TOLERANCE_SECONDS:
        raise Refused(401, "unauthorized")
    signed = f"{message_id}.{seconds}.".encode() + body
    given = [part[3:].encode() for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
    matches = False
    for key in secrets:
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        for one in given:
            matches |= hmac.compare_digest(one, expected)
    if not matches:
        raise Refused(401, "unauthorized")
    return message_id


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """urllib would take the token along, wherever it is sent."""

    def redirect_request(self, *_):
        return None


class GitHub:
    """The few requests that this takes: https://docs.github.com/rest"""

    def __init__(self, api_url, repository, token):
        self.base, self.token = f"{api_url.rstrip('/')}/repos/{repository}", token
        self.owner = repository.split("/")[0]
        self.opener = urllib.request.build_opener(NoRedirects)

    def call(self, method, path, body=None, missing=None):
        """The answer as JSON; `missing` is the status for which None is an answer too."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("authorization", f"Bearer {self.token}")
        request.add_header("accept", "application/vnd.github+json")
        request.add_header("x-github-api-version", "2022-11-28")
        request.add_header("content-type", "application/json")
        try:
            with self.opener.open(request, timeout=15) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code == missing:
                return None
            raise

    def open_pull_requests(self, base):
        """Of branches in this repository: anybody may name a branch of a fork as ours are named."""
        for page in range(1, 11):
            query = urllib.parse.urlencode({"state": "open", "base": base, "per_page": 100, "page": page})
            found = self.call("GET", f"/pulls?{query}")
            yield from (one for one in found if (one["head"]["repo"] or {}).get("id") == one["base"]["repo"]["id"])
            if len(found) < 100:
                return

    def closed_pull_requests(self, branch):
        """The newest hundred: the branch is used again only while its pull request is open."""
        query = urllib.parse.urlencode({"state": "closed", "head": f"{self.owner}:{branch}", "per_page": 100})
        return self.call("GET", f"/pulls?{query}")

    def file(self, path, ref):
        query = urllib.parse.urlencode({"ref": ref})
        found = self.call("GET", f"/contents/{urllib.parse.quote(path)}?{query}", missing=404)
        if found is None:
            return None, None
        return base64.b64decode(found["content"]).decode(), found["sha"]

    def head(self, branch):
        found = self.call("GET", f"/git/ref/heads/{urllib.parse.quote(branch)}", missing=404)
        return None if found is None else found["object"]["sha"]


def publish(github, base, delivery):
    """Opens the pull request of a deployment, adds to the one there is, or finds that nothing is to be done."""
    if deployed_at(github.file(delivery.path, base)[0]) >= delivery.at:
        return f"this or a later deployment is in {base}"
    pull = next((one for one in github.open_pull_requests(base) if is_about(one, delivery)), None)
    if pull is not None:
        _, known, at = marker_of(pull)
        if known == short_hash(delivery.id):
            return f"unchanged {pull['html_url']}"
        if at > delivery.at:
            return f"a later deployment is in {pull['html_url']}"
    elif is_closed(github, delivery):
        return "its pull request was closed"
    branch = pull["head"]["ref"] if pull else branch_for(github, base, delivery)
    content, sha = github.file(delivery.path, branch)
    if content != delivery.text:
        change = {"message": delivery.title, "content": base64.b64encode(delivery.text.encode()).decode()}
        change.update({"branch": branch}, **({"sha": sha} if sha else {}))
        github.call("PUT", f"/contents/{urllib.parse.quote(delivery.path)}", change)
    told = {"title": delivery.title, "body": delivery.body}
    if pull is not None:
        github.call("PATCH", f"/pulls/{pull['number']}", told)
        return f"updated {pull['html_url']}"
    return f"opened {github.call('POST', '/pulls', {**told, 'head': branch, 'base': base})['html_url']}"


def is_about(pull, delivery):
    return pull["head"]["ref"] == delivery.branch or marker_of(pull)[0] == delivery.target


def is_closed(github, delivery):
    """People decided about this very delivery."""
    closed = [pull for branch in branches_of(delivery) for pull in github.closed_pull_requests(branch)]
    return any(marker_of(pull)[1] == short_hash(delivery.id) for pull in closed)


def branches_of(delivery):
    return delivery.branch, f"{delivery.branch}-{short_hash(delivery.id)}"


def branch_for(github, base, delivery):
    """A branch to commit on: a new one, one that an attempt cut off left behind, or, beside what is left over from a
    closed pull request, one of its own. Never a forced push."""
    start = github.head(base)
    for branch in branches_of(delivery):
        if github.head(branch) is None:
            github.call("POST", "/git/refs", {"ref": f"refs/heads/{branch}", "sha": start})
            return branch
        if not github.closed_pull_requests(branch):
            return branch
    raise RuntimeError(f"The branches for {delivery.branch} belong to closed pull requests; delete them")


class Delivery:
    """What a deployment becomes: a path, a file, a branch, a title and a body."""

    def __init__(self, message_id, envelope):
        data = envelope["data"]
        app, environment = text_in(data, "app_name"), text_in(data, "environment")
        self.id = message_id
        self.at = milliseconds(text_in(envelope, "timestamp"))
        self.target = short_hash(json.dumps([app, environment]))
        self.path = f"deployments/{segment(app)}/{segment(environment)}.json"
        self.branch = f"pullwright/{segment(app)}/{segment(environment)}"
        revision = f" (revision {data['revision']})" if "revision" in data else ""
        self.title = plain(f"Deploy {app} to {environment}{revision}")[:200]
        self.text = printed(file_of(envelope, data)) + "\n"
        self.body = body_of(self, data)


def milliseconds(timestamp):
    return int(datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp() * 1000)


def deployed_at(text):
    """When what a file of ours documents was deployed; 0 where that cannot be told."""
    try:
        return milliseconds(json.loads(text)["deployed_at"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0


def file_of(envelope, data):
    """The whole configuration where the endpoint includes it, else what changed."""
    config = {"config": data["config"]} if "config" in data else {"config_diff": data.get("config_diff")}
    return {
        "app_name": data["app_name"],
        "environment": data["environment"],
        "deployed_at": envelope["timestamp"],
        "deployed_by": data.get("deployed_by"),
        "variant": {"name": data.get("variant_name"), "revision": data.get("revision")},
        **config,
        "metadata": {key: data.get(key) for key in ("url", "deployment_id", "commit_message")},
    }


def body_of(delivery, data):
    """What users wrote stands in code, where it mentions nobody and links nothing; no `<` of theirs begins a marker."""
    facts = {key: value for key, value in data.items() if key not in ("config", "previous_config")}
    changes = printed(facts).replace("<", "\\u003c")
    if len(changes) > MAX_CHANGES:
        changes = changes[:MAX_CHANGES] + "\n… cut: the file has all of it"
    fence = "`" * (max([2, *map(len, re.findall("`+", changes))]) + 1)
    marker = f"<!-- pullwright-receiver {delivery.target} {delivery.at} {short_hash(delivery.id)} -->"
    return f"Reported by Pullwright: this configuration was deployed.\n\n{fence}json\n{changes}\n{fence}\n\n{marker}"


def printed(value):
    """JSON for people. Halves of a surrogate pair, which UTF-8 does not have, become question marks."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode(errors="replace").decode()


def marker_of(pull):
    """Target, id and time of the deployment that a pull request of ours is about."""
    found = re.search(r"<!-- pullwright-receiver (\w+) (\d+) (\w+) -->", pull.get("body") or "")
    return (found[1], found[3], int(found[2])) if found else (None, None, 0)


def segment(name):
    """A name as part of a path and of a branch. Where anything was replaced a hash keeps two names apart."""
    safe = re.sub(r"[^A-Za-z0-9_-]", "-", name).strip("-")[:60]
    return name if safe == name and safe else f"{safe or 'x'}-{short_hash(name)}"


def plain(text):
    """For titles and commits: no mention, no reference, one line."""
    return re.sub(r"\b(GH)-(?=\d)", r"\1 ", re.sub(r"[^\w .,:()-]+", " ", text), flags=re.IGNORECASE)


def short_hash(text):
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]


def text_in(data, name):
    value = data[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is no text")
    return value


class Receiver:
    """Takes one delivery at a time: a repository has one history."""

    def __init__(self, secrets, github, base):
        self.secrets, self.github, self.base = secrets, github, base
        self.lock, self.done = threading.Lock(), OrderedDict()

    def receive(self, headers, body):
        message_id = verify(self.secrets, headers, body, time.time())
        try:
            envelope = json.loads(body)
            if envelope["event"] != "environment.deployed":
                return "ignored"
            delivery = Delivery(message_id, envelope)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(422, "not a deployment") from None
        with self.lock:
            if message_id in self.done:
                return "duplicate"
            outcome = publish(self.github, self.base, delivery)
            self.done[message_id] = True
            if len(self.done) > REMEMBERED_IDS:
                self.done.popitem(last=False)
            return outcome


def handler_of(receiver):
    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self):
            self.answer(200 if self.path == "/healthz" else 404, "ok" if self.path == "/healthz" else "not found")

        def do_POST(self):
            try:
                if self.path != "/webhook":
                    raise Refused(404, "not found")
                self.answer(200, receiver.receive(self.headers, self.body()))
            except Refused as refused:
                self.answer(refused.status, refused.word)
            except urllib.error.HTTPError as error:
                self.failed(f"GitHub answered {error.code}: {error.read(500).decode(errors='replace')}")
            except Exception as error:  # whatever it is, the sender is to try again
                self.failed(repr(error))

        def body(self):
            length = self.headers.get("content-length", "")
            if not length.isdigit():
                raise Refused(411, "length required")
            if int(length) > MAX_BODY:
                raise Refused(413, "too large")
            return self.rfile.read(int(length))

        def failed(self, reason):
            print(reason, file=sys.stderr, flush=True)
            self.answer(503, "try again")

        def answer(self, status, word):
            content = json.dumps({"status": word}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

        def log_message(self, *_):
            """Reasons are logged where they arise; requests need no line each."""

    return Handler


def key_of(secret):
    """The bytes of a Standard Webhooks secret: base64, usually behind `whsec_`."""
    encoded = secret[len("whsec_"):] if secret.startswith("whsec_") else secret
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)


def main():
    missing = [name for name in ("WEBHOOK_SECRET", "GITHUB_TOKEN", "REPOSITORY") if not os.environ.get(name)]
    if missing:
        sys.exit(f"Set {', '.join(missing)}; the README says to what.")
    secrets = [key_of(one) for one in os.environ["WEBHOOK_SECRET"].split()]
    api_url = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    github = GitHub(api_url, os.environ["REPOSITORY"], os.environ["GITHUB_TOKEN"])
    receiver = Receiver(secrets, github, os.environ.get("BASE_BRANCH", "main"))
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8080")))
    server = ThreadingHTTPServer(address, handler_of(receiver))
    host, port = server.server_address[:2]
    print(f"Listening on http://{host}:{port}/webhook", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
