"""Signs webhooks with the reference libraries: one line of JSON in, one out.

In: {"library", "secret", "id", "time", "body"}. Out: {"signature", "holds"}: the library's signature, and whether the
library itself takes `given`, when one is given.
"""

import datetime
import json
import sys

import standardwebhooks
import svix.webhooks

LIBRARIES = {"svix": svix.webhooks.Webhook, "standardwebhooks": standardwebhooks.Webhook}

for line in sys.stdin:
    asked = json.loads(line)
    webhook = LIBRARIES[asked["library"]](asked["secret"])
    time = datetime.datetime.fromtimestamp(asked["time"], tz=datetime.timezone.utc)
    signature = webhook.sign(asked["id"], time, asked["body"])
    holds = None
    if "given" in asked:
        headers = {
            "webhook-id": asked["id"],
            "webhook-timestamp": str(asked["time"]),
            "webhook-signature": asked["given"],
        }
        try:
            webhook.verify(asked["body"], headers)
            holds = True
        except Exception as error:  # the libraries have an error class each
            holds = f"{type(error).__name__}: {error}"
    print(json.dumps({"signature": signature, "holds": holds}), flush=True)
