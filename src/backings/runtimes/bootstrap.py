"""The Python runtime of local functions: gets events from the runtime API and hands them to the handler.

Behaviour after "Building Lambda functions with Python" and "Using the Lambda runtime API" of the Lambda
developer guide; the words of errors as recorded on AWS.
"""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = "/2018-06-01/runtime"
EPOCH_MS = 1000


class RuntimeApi:
    def __init__(self, address):
        self.connection = http.client.HTTPConnection(address)
        self.connection.connect()
        import socket
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method, path, body=None, headers=None):
        self.connection.request(method, API + path, body, headers or {})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def next(self):
        answer, body = self.call("GET", "/invocation/next")
        return answer.headers, body

    def respond(self, request_id, body):
        self.call("POST", "/invocation/%s/response" % request_id, body, {"Content-Type": "application/json"})

    def fail(self, path, error):
        self.call("POST", path, json.dumps(error).encode(), {
            "Content-Type": "application/json",
            "Lambda-Runtime-Function-Error-Type": error["errorType"]})


class Identity:
    def __init__(self, given):
        self.cognito_identity_id = given.get("cognitoIdentityId")
        self.cognito_identity_pool_id = given.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, given):
        self.installation_id = given.get("installation_id")
        self.app_title = given.get("app_title")
        self.app_version_name = given.get("app_version_name")
        self.app_version_code = given.get("app_version_code")
        self.app_package_name = given.get("app_package_name")


class ClientContext:
    def __init__(self, given):
        self.custom = given.get("custom")
        self.env = given.get("env")
        self.client = Client(given["client"]) if given.get("client") else None


def given_json(text):
    return json.loads(text) if text else None


class Context:
    """What a handler gets as its second argument ("Using the Lambda context object")."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = Identity(given_json(headers.get("Lambda-Runtime-Cognito-Identity")) or {})
        client = given_json(headers.get("Lambda-Runtime-Client-Context"))
        self.client_context = ClientContext(client) if client else None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * EPOCH_MS))

    def log(self, message):
        sys.stdout.write(str(message))


class RequestFilter(logging.Filter):
    request_id = None

    def filter(self, record):
        record.aws_request_id = RequestFilter.request_id
        return True


class StandardOutput(logging.Handler):
    """Whatever sys.stdout is at the time."""

    def emit(self, record):
        sys.stdout.write(self.format(record))


def set_up_logging():
    logging.Formatter.converter = time.gmtime
    handler = StandardOutput()
    handler.setFormatter(logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(RequestFilter())
    logging.getLogger().addHandler(handler)


def describe(error_type, message, request_id="", frames=()):
    return {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": list(frames)}


def say(error):
    sys.stdout.write("[ERROR] %s: %s\n" % (error["errorType"], error["errorMessage"]))
    if error["stackTrace"]:
        sys.stdout.write("Traceback (most recent call last):\n" + "".join(error["stackTrace"]))
    sys.stdout.flush()


class BadHandler(Exception):
    def __init__(self, error_type, message, frames=()):
        super().__init__(message)
        self.error = describe(error_type, message, "", frames)


def own_frames(error):
    """The frames of the function's code: those of this file and of the import system say nothing."""
    return [text for frame, text in zip(traceback.extract_tb(error.__traceback__),
                                        traceback.format_tb(error.__traceback__))
            if frame.filename != __file__ and "importlib" not in frame.filename]


def load(handler):
    try:
        module_name, function_name = handler.rsplit(".", 1)
    except ValueError as error:
        raise BadHandler("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (handler, error))
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise BadHandler("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error))
    except SyntaxError as error:
        where = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, (error.text or "").rstrip("\n"))
        raise BadHandler("Runtime.UserCodeSyntaxError",
                         "Syntax error in module '%s': %s" % (module_name, error), [where])
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise BadHandler("Runtime.HandlerNotFound",
                         "Handler '%s' missing on module '%s'" % (function_name, module_name))


def handle(handler, body, context):
    """The answer's bytes, or the error that it ended with."""
    try:
        event = json.loads(body)
    except ValueError as error:
        return None, describe("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error,
                              context.aws_request_id)
    try:
        answer = handler(event, context)
    except Exception as error:
        return None, describe(type(error).__name__, str(error), context.aws_request_id, own_frames(error))
    try:
        return json.dumps(answer, ensure_ascii=False, default=as_number).encode(), None
    except Exception as error:
        return None, describe("Runtime.MarshalError", "Unable to marshal response: %s" % error,
                              context.aws_request_id)


def as_number(value):
    """DynamoDB's numbers come as Decimals."""
    import decimal
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def main():
    # What was printed is there however the process ends.
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    set_up_logging()
    try:
        handler = load(os.environ["_HANDLER"])
    except BadHandler as bad:
        say(bad.error)
        api.fail("/init/error", bad.error)
        return 1
    except Exception as error:
        failure = describe(type(error).__name__, str(error), "", own_frames(error))
        say(failure)
        api.fail("/init/error", failure)
        return 1
    while True:
        headers, body = api.next()
        context = Context(headers)
        RequestFilter.request_id = context.aws_request_id
        trace = headers.get("Lambda-Runtime-Trace-Id")
        if trace:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        answer, error = handle(handler, body, context)
        if error:
            say(error)
            api.fail("/invocation/%s/error" % context.aws_request_id, error)
        else:
            sys.stdout.flush()
            sys.stderr.flush()
            api.respond(context.aws_request_id, answer)


if __name__ == "__main__":
    # The folder of this file is no place for the function's imports.
    sys.path.pop(0)
    sys.exit(main())
