"""Reads cases of {secret, headers, body} from the input and prints for each whether the PyPI library accepts it."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def accepts(case):
    try:
        Webhook(case["secret"]).verify(case["body"], case["headers"])
        return True
    except WebhookVerificationError:
        return False


print(json.dumps([accepts(case) for case in json.load(sys.stdin)]))
