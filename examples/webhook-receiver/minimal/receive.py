# WEBHOOK_SECRET='whsec_…' python3 receive.py       (Python 3.9 or newer, standard library only)
import base64, hashlib, hmac, json, os, re, sys, threading, time, traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECRETS = os.environ.get("WEBHOOK_SECRET", "").split()  # two while the secret is rotated
SCHEME = os.environ.get("SCHEME", "standard")
INBOX = Path(os.environ.get("INBOX", "inbox"))
MAX_BODY = 1024 * 1024
TOLERANCE_SECONDS = 300


def handle(delivery):
    """What is to be done about a delivery. Where it raises, it comes again with the next one, or after a restart."""
    print("handled", delivery["event"], delivery["delivery_id"], flush=True)


def is_ours(headers, body, now):
    """Whether one of the secrets signed this body, lately."""
    if SCHEME == "standard":  # https://www.standardwebhooks.com
        message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if "." in message_id:  # part of the body could be passed off as the time
            return False
        signed = f"{message_id}.{seconds}.".encode() + body
        given = [part[3:] for part in headers.get("webhook-signature", "").split() if part.startswith("v1,")]
        keys = [base64.b64decode(secret[6:] if secret.startswith("whsec_") else secret) for secret in SECRETS]
        expected = [base64.b64encode(hmac.digest(key, signed, "sha256")) for key in keys]
    else:  # agenta: `t=<seconds>,v1=<hex>`, once more for each further secret
        parts = [part.strip().split("=", 1) for part in headers.get("x-agenta-signature", "").split(",")]
        seconds = next((part[1] for part in parts if part[0] == "t" and len(part) == 2), "")
        signed = f"{seconds}.".encode() + body
        given = [part[1] for part in parts if part[0] == "v1" and len(part) == 2]
        expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode() for secret in SECRETS]
    if not re.fullmatch(r"[0-9]{1,12}", seconds) or abs(now - int(seconds)) > TOLERANCE_SECONDS:
        return False
    return any([hmac.compare_digest(one.encode(), own) for one in given for own in expected])  # in constant time


def keep(delivery_id, body):
    """False where it was kept before. In your service: one INSERT with the id as primary key."""
    if not re.fullmatch(r"\w+", delivery_id, re.ASCII):
        raise ValueError("The delivery has no usable id")
    file = INBOX / f"{delivery_id}.json"
    if file.exists():
        return False
    draft = INBOX / f"{delivery_id}.{threading.get_ident()}"
    with open(draft, "wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    return True


something = threading.Event()


def work():
    """One after another, after the answer."""
    while True:
        something.clear()
        for file in sorted(INBOX.glob("*.json")):
            done = file.with_suffix(".done")
            try:
                if not done.exists():
                    handle(json.loads(file.read_bytes()))
                    done.touch()
            except Exception:
                traceback.print_exc()
        something.wait()


class Handler(BaseHTTPRequestHandler):
    timeout = 15

    def do_POST(self):
        try:
            length = int(self.headers.get("content-length", 0))
            if not 0 <= length <= MAX_BODY:
                return self.answer(413)
            body = self.rfile.read(length)  # the bytes as they came: parsed and written again they are others
            if not is_ours(self.headers, body, time.time()):
                return self.answer(401)
            # The id is the same as `webhook-id`, and signed in every scheme.
            self.answer(202 if keep(json.loads(body)["delivery_id"], body) else 200)
            something.set()
        except Exception:
            traceback.print_exc()
            self.answer(500)  # nothing was kept: Pullwright sends it again

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if not SECRETS:
    sys.exit("Set WEBHOOK_SECRET")
INBOX.mkdir(parents=True, exist_ok=True)
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Handler)
print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
threading.Thread(target=work, daemon=True).start()  # begins with what a crash left
server.serve_forever()
