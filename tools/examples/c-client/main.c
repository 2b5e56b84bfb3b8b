/* Signs in to the hub, prints what the account owns, asks a model something and prints its answer as it comes. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include "hub/credits/v1/queries.pb-c.h"
#include "hub/credits/v1/types.pb-c.h"
#include "hub/identity/v1/commands.pb-c.h"
#include "hub/inference/v1/commands.pb-c.h"
#include "rpc.h"

#define SECOND ((int64_t)1000000000)
#define LONGEST_PROMPT ((size_t)512 << 10)

static const char usage[] =
    "Usage: c-client [--server ADDRESS] [--model MODEL] [--max-tokens N] [--timeout SECONDS] PROMPT ...\n"
    "\n"
    "ADDRESS is HOST:PORT or unix:PATH (default 127.0.0.1:7700). E-mail and password are taken from HUB_EMAIL and\n"
    "HUB_PASSWORD; what is not set is read from standard input, a line each, the e-mail first.\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong command line, 3 not signed in, 4 not allowed, 5 not found, 6 not enough\n"
    "credits or a limit reached, 7 no answer from the server or not in time, 8 the request was refused as invalid.\n";

struct options {
    const char *server;
    const char *model;
    int32_t max_tokens;
    int64_t timeout;
    char *prompt;
};

struct credentials {
    char email[256];
    char password[1026];
};

/* --- the three calls --- */

static const struct rpc_method login = {
    "hub.identity.v1.IdentityCommands", "Login", &hub__identity__v1__token_pair__descriptor};
static const struct rpc_method get_balance = {
    "hub.credits.v1.CreditQueries", "GetBalance", &hub__credits__v1__balance__descriptor};
static const struct rpc_method chat = {
    "hub.inference.v1.InferenceCommands", "Chat", &hub__inference__v1__chat_response__descriptor};

static bool sign_in(struct rpc *rpc, struct credentials *credentials, int64_t timeout, struct failure *failure) {
    Hub__Identity__V1__LoginRequest request = HUB__IDENTITY__V1__LOGIN_REQUEST__INIT;
    request.email = credentials->email;
    request.password = credentials->password;
    Hub__Identity__V1__TokenPair *tokens =
        (Hub__Identity__V1__TokenPair *)rpc_unary(rpc, &login, &request.base, timeout, failure);
    if (tokens == NULL) return false;
    bool signed_in = rpc_authorize(rpc, tokens->access_token, failure);
    hub__identity__v1__token_pair__free_unpacked(tokens, NULL);
    return signed_in;
}

static bool show_balance(struct rpc *rpc, int64_t timeout, struct failure *failure) {
    Hub__Credits__V1__GetBalanceRequest request = HUB__CREDITS__V1__GET_BALANCE_REQUEST__INIT;
    Hub__Credits__V1__Balance *balance =
        (Hub__Credits__V1__Balance *)rpc_unary(rpc, &get_balance, &request.base, timeout, failure);
    if (balance == NULL) return false;
    printf("balance: %s credits, %s of them held\n", balance->balance, balance->held);
    fflush(stdout);
    hub__credits__v1__balance__free_unpacked(balance, NULL);
    return true;
}

/* What was seen of an answer. */
struct answer {
    char last_character;
    bool is_done;
};

static void show_usage(const Hub__Inference__V1__ChatDone *done, struct answer *answer) {
    const Hub__Inference__V1__ChatUsage *used = done->usage;
    if (answer->last_character != '\n') putchar('\n');
    answer->last_character = '\n';
    printf("finished: %s\n", done->finish_reason);
    if (used == NULL) return;
    printf(
        "usage: %" PRId32 " prompt and %" PRId32 " completion tokens, %s credits charged, %s left\n",
        used->prompt_tokens, used->completion_tokens, used->credits_charged, used->credits_available);
}

static bool show_piece(const ProtobufCMessage *message, void *context, struct failure *failure) {
    const Hub__Inference__V1__ChatResponse *response = (const Hub__Inference__V1__ChatResponse *)message;
    struct answer *answer = context;
    switch (response->event_case) {
    case HUB__INFERENCE__V1__CHAT_RESPONSE__EVENT_TEXT:
        fputs(response->text, stdout);
        if (response->text[0] != '\0') answer->last_character = response->text[strlen(response->text) - 1];
        break;
    case HUB__INFERENCE__V1__CHAT_RESPONSE__EVENT_DONE:
        answer->is_done = true;
        show_usage(response->done, answer);
        break;
    default: break; /* an event of a later version of the contract */
    }
    if (fflush(stdout) == 0) return true;
    return fail(failure, WIRE_ABORTED, "cannot write the answer: %s", strerror(errno));
}

/* A name for the call that no other call has, so that it is not charged twice should it be repeated. */
static bool make_request_id(char id[static 33], struct failure *failure) {
    uint8_t random[16];
    if (getentropy(random, sizeof random) != 0)
        return fail(failure, WIRE_INTERNAL, "no random numbers: %s", strerror(errno));
    for (size_t i = 0; i < sizeof random; i++) snprintf(id + 2 * i, 3, "%02x", random[i]);
    return true;
}

static bool converse(struct rpc *rpc, const struct options *options, struct failure *failure) {
    Hub__Inference__V1__ChatMessage turn = HUB__INFERENCE__V1__CHAT_MESSAGE__INIT;
    Hub__Inference__V1__ChatMessage *turns[] = {&turn};
    Hub__Inference__V1__ChatRequest request = HUB__INFERENCE__V1__CHAT_REQUEST__INIT;
    struct answer answer = {.last_character = '\n'};
    char id[33];
    if (!make_request_id(id, failure)) return false;
    turn.role = "user";
    turn.content = options->prompt;
    request.request_id = id;
    request.model = (char *)options->model;
    request.messages = turns;
    request.n_messages = 1;
    request.max_tokens = options->max_tokens;
    if (!rpc_server_stream(rpc, &chat, &request.base, options->timeout, show_piece, &answer, failure)) {
        if (answer.last_character != '\n') putchar('\n');
        return false;
    }
    return answer.is_done || fail(failure, WIRE_INTERNAL, "the answer ended without its usage");
}

/* --- the command line --- */

static bool read_number(const char *text, long largest, long *number) {
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number > 0 && *number <= largest;
}

/* Joins the words of the prompt with blanks; NULL if there are none or too many. */
static char *join(char *const words[]) {
    size_t length = 0;
    for (char *const *word = words; *word != NULL; word++) length += strlen(*word) + 1;
    char *text = length > 0 && length <= LONGEST_PROMPT ? calloc(1, length) : NULL, *place = text;
    for (char *const *word = words; text != NULL && *word != NULL; word++) {
        size_t part = strlen(*word);
        if (place != text) *place++ = ' ';
        memcpy(place, *word, part);
        place += part;
    }
    return text;
}

static bool read_options(int count, char *arguments[], struct options *options) {
    static const struct option known[] = {
        {"server", required_argument, NULL, 's'},     {"model", required_argument, NULL, 'm'},
        {"max-tokens", required_argument, NULL, 'n'}, {"timeout", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},             {NULL, 0, NULL, 0},
    };
    long number;
    int option;
    *options = (struct options){.server = "127.0.0.1:7700", .model = "standin-small", .timeout = 60 * SECOND};
    while ((option = getopt_long(count, arguments, "s:m:n:t:h", known, NULL)) != -1) {
        switch (option) {
        case 's': options->server = optarg; break;
        case 'm': options->model = optarg; break;
        case 'n':
            if (!read_number(optarg, INT32_MAX, &number)) return false;
            options->max_tokens = (int32_t)number;
            break;
        case 't':
            if (!read_number(optarg, 86400, &number)) return false;
            options->timeout = number * SECOND;
            break;
        default: return false;
        }
    }
    options->prompt = join(arguments + optind);
    return options->prompt != NULL;
}

/* Takes a value from the environment, or else a line from standard input, unseen if it is a secret. */
static bool obtain(const char *variable, const char *prompt, bool is_secret, char *place, size_t size) {
    const char *set = getenv(variable);
    if (set != NULL) {
        int length = snprintf(place, size, "%s", set);
        return length > 0 && (size_t)length < size;
    }
    struct termios shown, hidden;
    bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (is_terminal) fputs(prompt, stderr);
    if (is_terminal && is_secret) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool has_line = fgets(place, (int)size, stdin) != NULL;
    if (is_terminal && is_secret) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    size_t length = has_line ? strcspn(place, "\r\n") : 0;
    bool is_whole = has_line && (place[length] != '\0' || feof(stdin));
    if (has_line) place[length] = '\0';
    return is_whole && length > 0;
}

static int exit_status(int code) {
    switch (code) {
    case WIRE_UNAUTHENTICATED: return 3;
    case WIRE_PERMISSION_DENIED: return 4;
    case WIRE_NOT_FOUND: return 5;
    case WIRE_RESOURCE_EXHAUSTED: return 6;
    case WIRE_UNAVAILABLE:
    case WIRE_DEADLINE_EXCEEDED: return 7;
    case WIRE_INVALID_ARGUMENT:
    case WIRE_ALREADY_EXISTS:
    case WIRE_FAILED_PRECONDITION:
    case WIRE_ABORTED:
    case WIRE_OUT_OF_RANGE: return 8;
    default: return 1;
    }
}

static int report(const char *step, const struct failure *failure) {
    bool has_reason = failure->reason[0] != '\0';
    fprintf(
        stderr, "c-client: %s: %s%s%s%s: %s\n", step, rpc_code_name(failure->code), has_reason ? " (" : "",
        failure->reason, has_reason ? ")" : "", failure->message);
    return exit_status(failure->code);
}

static int run(const struct options *options, struct credentials *credentials) {
    struct rpc rpc;
    struct failure failure;
    int status = 0;
    if (!rpc_connect(&rpc, options->server, options->timeout, &failure)) status = report(options->server, &failure);
    else if (!sign_in(&rpc, credentials, options->timeout, &failure)) status = report("Login", &failure);
    else if (!show_balance(&rpc, options->timeout, &failure)) status = report("GetBalance", &failure);
    else if (!converse(&rpc, options, &failure)) status = report("Chat", &failure);
    rpc_close(&rpc);
    return status;
}

int main(int count, char *arguments[]) {
    struct options options;
    struct credentials credentials = {0};
    int status = 2;
    if (!read_options(count, arguments, &options)) {
        fputs(usage, stderr);
    } else if (
        !obtain("HUB_EMAIL", "E-mail: ", false, credentials.email, sizeof credentials.email) ||
        !obtain("HUB_PASSWORD", "Password: ", true, credentials.password, sizeof credentials.password)) {
        fputs("c-client: the e-mail or the password is missing or too long\n", stderr);
    } else {
        status = run(&options, &credentials);
    }
    explicit_bzero(&credentials, sizeof credentials);
    free(options.prompt);
    return status;
}
