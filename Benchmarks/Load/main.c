#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { silence_limit_ms = 10000 };

Options options = {.protocol = &ttrpc, .connections = 1, .depth = 1, .seconds = 1, .warm_up = 0.3};

static Histogram latencies;
static uint64_t ended; // calls
static bool stopping;

_Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "load: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    exit(1);
}

void call_ended(Connection *connection, uint64_t started, uint64_t now) {
    ended++;
    histogram_add(&latencies, now - started);
    if (!stopping) connection->protocol->start(connection, now);
}

// Waits for the sockets once and serves those that are ready.
static void turn(int poller) {
    struct epoll_event events[64];
    int ready = epoll_wait(poller, events, 64, silence_limit_ms);
    if (ready == 0) fail("the server has been silent for %d s", silence_limit_ms / 1000);
    if (ready < 0 && errno != EINTR) fail("epoll: %s", strerror(errno));
    uint64_t now = now_ns();
    for (int i = 0; i < ready; i++) {
        Connection *connection = events[i].data.ptr;
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) connection_read(connection, now);
        connection_flush(connection, poller);
    }
}

static double own_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

// `kib` is of the whole server, or with idle connections of each of them.
static void print(double operations, double seconds, double server, double own, double kib) {
    printf("{\"operations\": %.0f, \"cpu_us\": %.4f, \"per_s\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, "
           "\"rss_kib\": %.2f, \"server_busy\": %.3f, \"load_busy\": %.3f}\n",
           operations, server * 1e6 / operations, operations / seconds, histogram_us(&latencies, 0.5),
           histogram_us(&latencies, 0.99), kib, server / seconds, own / seconds);
}

// Keeps `depth` calls running on each connection and measures after the warm-up.
static void run_calls(int poller, Connection *connections) {
    uint64_t begin = now_ns();
    for (int i = 0; i < options.connections; i++) {
        Connection *connection = &connections[i];
        connection_open(connection, poller, options.port, options.tls, options.protocol);
        if (options.stalled) connection->protocol->stall(connection);
        for (int call = 0; call < options.depth; call++) connection->protocol->start(connection, now_ns());
        connection_flush(connection, poller);
    }
    while (now_ns() - begin < (uint64_t)(options.warm_up * 1e9)) turn(poller);

    memset(&latencies, 0, sizeof latencies);
    ended = 0;
    double server = process_seconds(options.server), own = own_seconds();
    uint64_t from = now_ns(), until = from + (uint64_t)(options.seconds * 1e9), to;
    do {
        turn(poller);
        to = now_ns();
    } while (to < until);
    server = process_seconds(options.server) - server;
    own = own_seconds() - own;
    if (ended == 0) fail("no call ended in %.1f s", options.seconds);
    for (int i = 0; i < options.connections; i++) {
        if (options.stalled && !connections[i].is_stalled) fail("no stream began that could be stalled");
    }
    double operations = (double)ended * (double)options.work.response_count;
    print(operations, (double)(to - from) * 1e-9, server, own, process_kib(options.server));
}

// Makes one call on each of many connections, which then stay open.
static void run_idle(int poller, Connection *connections) {
    const int first = 64; // what the server makes once is not counted
    double kib = 0, server = 0, own = 0;
    uint64_t from = 0;
    stopping = true;
    for (int i = 0; i < first + options.idle; i++) {
        if (i == first) {
            memset(&latencies, 0, sizeof latencies);
            kib = process_kib(options.server);
            server = process_seconds(options.server);
            own = own_seconds();
            from = now_ns();
        }
        uint64_t begin = now_ns(), before = ended;
        connection_open(&connections[i], poller, options.port, options.tls, options.protocol);
        options.protocol->start(&connections[i], begin);
        connection_flush(&connections[i], poller);
        while (ended == before) turn(poller);
        connections[i].input = connections[i].output = (Buffer){0}; // not freed: the process ends soon
    }
    server = process_seconds(options.server) - server;
    own = own_seconds() - own;
    double seconds = (double)(now_ns() - from) * 1e-9;
    usleep(200000);
    print(options.idle, seconds, server, own, (process_kib(options.server) - kib) / options.idle);
}

static const Protocol *protocol_named(const char *name) {
    const Protocol *all[] = {&ttrpc, &frames, &grpc};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i]->name, name) == 0) return all[i];
    }
    fail("unknown protocol '%s'", name);
}

static void read_options(int count, char **arguments) {
    static const struct option known[] = {
        {"protocol", required_argument, NULL, 'p'}, {"port", required_argument, NULL, 'P'},
        {"server", required_argument, NULL, 's'},   {"connections", required_argument, NULL, 'c'},
        {"depth", required_argument, NULL, 'd'},    {"blob", required_argument, NULL, 'b'},
        {"stream", no_argument, NULL, 'S'},         {"tls", no_argument, NULL, 't'},
        {"stalled", no_argument, NULL, 'x'},        {"idle", required_argument, NULL, 'i'},
        {"seconds", required_argument, NULL, 'T'},  {"warm-up", required_argument, NULL, 'w'},
        {NULL, 0, NULL, 0},
    };
    Method method = method_echo;
    size_t blob = 0;
    int option;
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': options.protocol = protocol_named(optarg); break;
        case 'P': options.port = atoi(optarg); break;
        case 's': options.server = atoi(optarg); break;
        case 'c': options.connections = atoi(optarg); break;
        case 'd': options.depth = atoi(optarg); break;
        case 'b': blob = (size_t)atol(optarg); break;
        case 'S': method = method_stream; break;
        case 't': options.tls = true; break;
        case 'x': options.stalled = true; break;
        case 'i': options.idle = atoi(optarg); break;
        case 'T': options.seconds = atof(optarg); break;
        case 'w': options.warm_up = atof(optarg); break;
        default: fail("usage: load --port PORT --server PROCESS [--protocol ttrpc|frames|grpc] [--connections N] "
                      "[--depth N] [--blob BYTES] [--stream] [--tls] [--stalled] [--idle N] [--seconds S]");
        }
    }
    if (options.port < 1 || options.server < 1) fail("--port and --server are needed");
    if (options.connections < 1 || options.depth < 1 || options.depth > 1024) fail("--connections or --depth is wrong");
    if (options.stalled && !options.protocol->stall) fail("%s has no flow control", options.protocol->name);
    make_work(&options.work, method, blob);
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    Connection *connections = calloc((size_t)(options.connections + options.idle + 64), sizeof *connections);
    if (poller < 0 || !connections) fail("out of memory");
    if (options.idle > 0) run_idle(poller, connections);
    else run_calls(poller, connections);
    return 0;
}
