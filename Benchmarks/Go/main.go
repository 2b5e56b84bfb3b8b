// Serves bench.Echo's unary method with containerd's ttrpc: `go-echo [CERTIFICATE KEY]`, both PEM files. Prints its port.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/containerd/ttrpc"
)

func echo(ctx context.Context, decode func(interface{}) error) (interface{}, error) {
	var request EchoRequest
	if err := decode(&request); err != nil {
		return nil, err
	}
	return &EchoResponse{Id: request.Id, N: request.N + 1, Text: request.Text, Blob: request.Blob}, nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if len(os.Args) == 3 {
		certificate, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	server, err := ttrpc.NewServer()
	if err != nil {
		log.Fatal(err)
	}
	server.Register("bench.Echo", map[string]ttrpc.Method{"Echo": echo})
	fmt.Println("ready", port)
	log.Fatal(server.Serve(context.Background(), listener))
}
