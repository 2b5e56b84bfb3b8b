package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// serve serves until SIGTERM, and lets running calls finish then.
func serve(address string) {
	server, err := ttrpc.NewServer()
	must(err)
	server.Register(service, map[string]ttrpc.Method{
		"Echo":     handler(echo),
		"Fail":     handler(refuse),
		"Metadata": handler(metadata),
		"Deadline": handler(deadline),
		"Wait":     handler(wait),
		"Hold":     handler(hold),
		"Release":  handler(release),
		"Large":    handler(large),
	})
	listener, err := net.Listen(network(address))
	must(err)

	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		<-asked
		fmt.Println("shutting down")
		limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		fmt.Println("shut down:", server.Shutdown(limit))
		close(done)
	}()
	fmt.Println("listening on", spell(listener.Addr()))
	err = server.Serve(context.Background(), &tappedListener{listener, showRequest})
	if err != ttrpc.ErrServerClosed {
		must(err)
	}
	<-done
}

// showRequest tells of a frame, and of a request whether it has fields beyond those of the base protocol.
func showRequest(f frame) {
	beyond := false
	for _, number := range fields(f.body) {
		beyond = beyond || number > 5
	}
	fmt.Printf("frame: stream %d type %d flags %d length %d offer %v\n", f.stream, f.kind, f.flags, len(f.body), beyond)
}

func handler(body func(context.Context, *ttrpc.KeyValue) (*ttrpc.KeyValue, error)) ttrpc.Method {
	return func(ctx context.Context, unmarshal func(interface{}) error) (interface{}, error) {
		var request ttrpc.KeyValue
		if err := unmarshal(&request); err != nil {
			return nil, err
		}
		return body(ctx, &request)
	}
}

func echo(_ context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	return request, nil
}

// refuse fails with the code that the key names and the value as message.
func refuse(_ context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	code, err := strconv.Atoi(request.Key)
	must(err)
	detailed, err := status.New(codes.Code(code), request.Value).WithDetails(&errdetails.ErrorInfo{
		Reason:   "REASON_" + request.Key,
		Domain:   "test",
		Metadata: map[string]string{"key": "value"},
	})
	must(err)
	return nil, detailed.Err()
}

func metadata(ctx context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	all, _ := ttrpc.GetMetadata(ctx)
	values, _ := all.Get(request.Key)
	return &ttrpc.KeyValue{Value: strings.Join(values, ",")}, nil
}

// deadline answers how many milliseconds are left.
func deadline(ctx context.Context, _ *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	end, ok := ctx.Deadline()
	if !ok {
		return &ttrpc.KeyValue{Value: "none"}, nil
	}
	return &ttrpc.KeyValue{Value: strconv.FormatInt(time.Until(end).Milliseconds(), 10)}, nil
}

// wait answers never, but fails when its context ends.
func wait(ctx context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	fmt.Println("wait began:", request.Key)
	<-ctx.Done()
	fmt.Println("wait ended:", request.Key, ctx.Err())
	return nil, ctx.Err()
}

var gates sync.Map // key → chan struct{}

func gate(key string) chan struct{} {
	made, _ := gates.LoadOrStore(key, make(chan struct{}))
	return made.(chan struct{})
}

// hold answers when Release was called with the same key.
func hold(_ context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	fmt.Println("hold began:", request.Key)
	<-gate(request.Key)
	return request, nil
}

func release(_ context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	fmt.Println("released:", request.Key)
	close(gate(request.Key))
	return request, nil
}

// large answers with a value of so many bytes.
func large(_ context.Context, request *ttrpc.KeyValue) (*ttrpc.KeyValue, error) {
	count, err := strconv.Atoi(request.Key)
	must(err)
	return &ttrpc.KeyValue{Value: strings.Repeat("x", count)}, nil
}
