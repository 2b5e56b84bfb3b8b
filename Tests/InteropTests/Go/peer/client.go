package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/containerd/ttrpc"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"
)

// A caller calls the methods of test.Interop on one connection.
type caller struct {
	client *ttrpc.Client
	good   int64 // frames that a plain client can expect
	odd    int64 // all others
	// Put in place of the timeout of the next requests, unless 0, without the client itself knowing of a deadline.
	timeout int64
}

// call runs a scenario and then tells what frames came.
func call(address, scenario string) {
	connection, err := net.Dial(network(address))
	must(err)
	if scenario == "offer" {
		connection = &offering{Conn: connection}
	}
	c := &caller{}
	tapped := &tap{Conn: connection, seen: c.count}
	c.client = ttrpc.NewClient(tapped, ttrpc.WithUnaryClientInterceptor(c.intercept))
	scenarios[scenario](c)
	fmt.Printf("frames: %d responses, %d others\n", atomic.LoadInt64(&c.good), atomic.LoadInt64(&c.odd))
	c.client.Close()
}

func (c *caller) count(f frame) {
	known := true
	for _, number := range fields(f.body) {
		known = known && number <= 2
	}
	if f.kind == 2 && f.flags == 0 && f.stream%2 == 1 && known {
		atomic.AddInt64(&c.good, 1)
		return
	}
	atomic.AddInt64(&c.odd, 1)
	fmt.Fprintf(os.Stderr, "odd frame: stream %d type %d flags %d length %d\n", f.stream, f.kind, f.flags, len(f.body))
}

func (c *caller) intercept(
	ctx context.Context, request *ttrpc.Request, response *ttrpc.Response, _ *ttrpc.UnaryClientInfo, invoke ttrpc.Invoker,
) error {
	if c.timeout != 0 {
		request.TimeoutNano = c.timeout
	}
	return invoke(ctx, request, response)
}

// ask calls a method, for at most a minute of which the server is not told.
func (c *caller) ask(ctx context.Context, method, key, value string) (*ttrpc.KeyValue, error) {
	response := &ttrpc.KeyValue{}
	ended := make(chan error, 1)
	go func() {
		ended <- c.client.Call(ctx, service, method, &ttrpc.KeyValue{Key: key, Value: value}, response)
	}()
	select {
	case err := <-ended:
		return response, err
	case <-time.After(time.Minute):
		return nil, fmt.Errorf("no answer within a minute")
	}
}

// tell calls a method and prints what came of it.
func (c *caller) tell(ctx context.Context, label, method, key, value string) {
	response, err := c.ask(ctx, method, key, value)
	if err != nil {
		fmt.Printf("%s: %s\n", label, describe(err))
		return
	}
	fmt.Printf("%s: %q %q\n", label, response.Key, response.Value)
}

// describe writes an error with its code, its message and the reason among its details.
func describe(err error) string {
	known, ok := status.FromError(err)
	if !ok {
		return fmt.Sprintf("error %q", err.Error())
	}
	reason := ""
	for _, detail := range known.Details() {
		if cause, ok := detail.(*errdetails.ErrorInfo); ok {
			reason = cause.Reason
		}
	}
	return fmt.Sprintf("status %s %q %s", known.Code(), known.Message(), reason)
}
