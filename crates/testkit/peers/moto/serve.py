"""An S3 server (moto) in memory, with the bucket "files". Says `READY address`.

Lines on standard input, each answered with a line: `fail STATUS` has every request answered with that status, `work`
ends it (`DONE`); `list` tells of every object, as boto3 reads it (`OBJECTS [[key, bytes, parts], …]`); `open` of
uploads in parts that were neither finished nor given up (`OPEN number`). Ends when standard input does.
"""

import json
import os
import sys
import threading

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

os.environ.update(AWS_ACCESS_KEY_ID="reader", AWS_SECRET_ACCESS_KEY="reader", AWS_DEFAULT_REGION="us-east-1")


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        pass


class Moody:
    """moto, or the same answer to everything"""

    def __init__(self):
        self.app = DomainDispatcherApplication(create_backend_app)
        self.status = None

    def __call__(self, environ, start_response):
        if self.status is None:
            return self.app(environ, start_response)
        # the body has to be read, or the line breaks in place of an answer
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(f"{self.status} Moody", [("content-type", "application/xml")])
        return [b"<Error><Code>InternalError</Code><Message>Moody</Message></Error>"]


def say(line):
    print(line, flush=True)


def main():
    moody = Moody()
    server = make_server("127.0.0.1", 0, moody, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.port}"
    s3 = boto3.client("s3", endpoint_url=url)
    s3.create_bucket(Bucket="files")
    say(f"READY {url}")
    for line in sys.stdin:
        what, *words = line.split()
        if what == "fail":
            moody.status = int(words[0])
            say("DONE")
        elif what == "work":
            moody.status = None
            say("DONE")
        elif what == "list":
            found = []
            for entry in s3.list_objects_v2(Bucket="files").get("Contents", []):
                # the tag of what came in parts ends with their number
                _, _, parts = entry["ETag"].strip('"').partition("-")
                found.append([entry["Key"], entry["Size"], int(parts or 1)])
            say(f"OBJECTS {json.dumps(found)}")
        elif what == "open":
            say(f"OPEN {len(s3.list_multipart_uploads(Bucket='files').get('Uploads', []))}")


main()
