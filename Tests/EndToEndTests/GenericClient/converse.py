"""Uses the hub without having been built for it: learns the contract by reflection, then signs in and reads the balance.

Usage: converse.py HOST:PORT, with HUB_TOKEN (for the reflection), HUB_EMAIL and HUB_PASSWORD in the environment.
Of the hub's own messages it knows only those of the reflection service, which are gRPC's and published.
"""

import os
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from ttrpc import Connection, Failed, field, fields

REFLECTION = "grpc.reflection.v1.ServerReflection"
FILE_BY_NAME, FILE_OF_SYMBOL, FILE_OF_EXTENSION, EXTENSIONS, SERVICES = 3, 4, 5, 6, 7
ANSWERED_FILES, ANSWERED_NUMBERS, ANSWERED_SERVICES, ANSWERED_ERROR = 4, 5, 6, 7


class Hub:
    def __init__(self, address, token):
        self.connection = Connection(address)
        self.token = token
        self.pool = descriptor_pool.DescriptorPool()
        self.known = set()
        self.stream = self.connection.bidirectional(REFLECTION, "ServerReflectionInfo", self.credentials())

    def credentials(self):
        return {"authorization": f"Bearer {self.token}"}

    def ask(self, number, content):
        """The answer to one question, as (number, value)."""
        question = field(1, "any.host") + field(number, content)
        self.stream.send(question)
        answer = dict(fields(self.stream.receive()))
        assert answer.pop(1) == b"any.host"
        assert answer.pop(2) == question
        [(kind, value)] = answer.items()
        return kind, value

    def services(self):
        kind, value = self.ask(SERVICES, "*")
        assert kind == ANSWERED_SERVICES, kind
        return [dict(fields(service))[1].decode() for _, service in fields(value)]

    def learn(self, number, content):
        """Takes the files that declare something into the pool."""
        kind, value = self.ask(number, content)
        assert kind == ANSWERED_FILES, kind
        files = [descriptor_pb2.FileDescriptorProto.FromString(file) for _, file in fields(value)]
        waiting = {file.name: file for file in files if file.name not in self.known}

        def add(file):
            for name in file.dependency:
                if name in waiting:
                    add(waiting.pop(name))
            self.pool.Add(file)
            self.known.add(file.name)

        while waiting:
            add(waiting.pop(next(iter(waiting))))
        return [file.name for file in files]

    def refused(self, number, content):
        kind, value = self.ask(number, content)
        assert kind == ANSWERED_ERROR, kind
        return dict(fields(value))[1]

    def hang_up(self):
        self.stream.finish()
        assert self.stream.receive() is None

    def call(self, service, method, /, **values):
        if service not in self.known:
            self.learn(FILE_OF_SYMBOL, service)
            self.known.add(service)
        descriptor = self.pool.FindServiceByName(service).methods_by_name[method]
        request = message_factory.GetMessageClass(descriptor.input_type)(**values)
        response = message_factory.GetMessageClass(descriptor.output_type)()
        caller = Connection(address)
        response.ParseFromString(caller.unary(service, method, request.SerializeToString(), self.credentials()))
        return response


address = sys.argv[1]
hub = Hub(address, os.environ["HUB_TOKEN"])

services = hub.services()
assert services == sorted(services), services
print("services:", " ".join(services))

files = hub.learn(FILE_BY_NAME, "hub/credits/v1/queries.proto")
assert files[0] == "hub/credits/v1/queries.proto" and "hub/credits/v1/types.proto" in files, files
again = hub.learn(FILE_BY_NAME, "hub/credits/v1/queries.proto")
assert again == files[:1], "only the file that is asked for comes twice"
method = hub.learn(FILE_OF_SYMBOL, "hub.credits.v1.CreditQueries.GetBalance")
assert method == ["hub/credits/v1/queries.proto"], method
policy = field(1, "google.protobuf.MethodOptions") + b"\x10" + b"\xb9\x8e\x03"
assert hub.ask(FILE_OF_EXTENSION, policy)[0] == ANSWERED_FILES
assert hub.ask(EXTENSIONS, "google.protobuf.MethodOptions")[0] == ANSWERED_NUMBERS
assert hub.refused(FILE_BY_NAME, "none.proto") == 5
assert hub.refused(FILE_OF_SYMBOL, "hub.credits.v1.Nothing") == 5
assert hub.refused(EXTENSIONS, "hub.credits.v1.Nothing") == 5
print("errors: NOT_FOUND")

login = hub.call(
    "hub.identity.v1.IdentityCommands",
    "Login",
    email=os.environ["HUB_EMAIL"],
    password=os.environ["HUB_PASSWORD"],
)
hub.token = login.access_token
balance = hub.call("hub.credits.v1.CreditQueries", "GetBalance")
print("balance:", json_format.MessageToDict(balance)["balance"])
health = hub.call("grpc.health.v1.Health", "Check", service="hub.credits.v1.CreditQueries")
print("health:", json_format.MessageToDict(health)["status"])
hub.hang_up()

try:
    Connection(address).unary("hub.credits.v1.CreditQueries", "GetBalance", b"", {})
    raise AssertionError("served without a token")
except Failed as failure:
    print("without a token:", failure.code)

nameless = Connection(address).bidirectional(REFLECTION, "ServerReflectionInfo", {})
try:
    nameless.receive()
    raise AssertionError("the contract was shown to somebody who is not signed in")
except Failed as failure:
    print("reflection without a token:", failure.code)
