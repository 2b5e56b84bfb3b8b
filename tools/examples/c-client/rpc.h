/* Calls over one connection, one at a time, in the base protocol of ttRPC. */
#ifndef HUB_RPC_H
#define HUB_RPC_H

#include <protobuf-c/protobuf-c.h>

#include "wire.h"

struct rpc {
    struct wire wire;
    uint32_t next_stream;
    char *authorization; /* sent with every call; NULL before the sign-in */
};

/* A method as the contract in Proto/ declares it. */
struct rpc_method {
    const char *service; /* with its package, such as hub.credits.v1.CreditQueries */
    const char *name;
    const ProtobufCMessageDescriptor *response;
};

/* Takes one message of a stream; false ends the call. */
typedef bool rpc_take(const ProtobufCMessage *message, void *context, struct failure *failure);

/* Connects; what it opened is closed with rpc_close. */
bool rpc_connect(struct rpc *rpc, const char *address, int64_t timeout, struct failure *failure);

/* Sends `Bearer TOKEN` as the authorization of all later calls. */
bool rpc_authorize(struct rpc *rpc, const char *token, struct failure *failure);

/* Calls a method of one request and one response. Returns the response, to be freed with
 * protobuf_c_message_free_unpacked, or NULL. The timeout is in nanoseconds. */
ProtobufCMessage *rpc_unary(
    struct rpc *rpc, const struct rpc_method *method, const ProtobufCMessage *request, int64_t timeout,
    struct failure *failure);

/* Calls a method of one request and many responses, and hands over each response as it comes. */
bool rpc_server_stream(
    struct rpc *rpc, const struct rpc_method *method, const ProtobufCMessage *request, int64_t timeout, rpc_take *take,
    void *context, struct failure *failure);

/* The name of a code of google.rpc.Code. */
const char *rpc_code_name(int code);

void rpc_close(struct rpc *rpc);

#endif
