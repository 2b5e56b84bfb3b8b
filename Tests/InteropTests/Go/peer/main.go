// Command peer is the other end of the interoperability tests: a plain ttRPC client and server in Go.
//
//	peer serve ADDRESS             serves test.Interop; SIGTERM shuts it down in order
//	peer call ADDRESS SCENARIO     calls test.Interop, and says what came of it
//	peer stream ADDRESS CASE       calls upstream's streaming service in frames written by hand
//
// ADDRESS is HOST:PORT or unix:PATH. What happens is told on standard output, a line each; the ttrpc package writes what
// it finds odd to standard error.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
)

const service = "test.Interop"

// longestBody is the longest body of a frame.
const longestBody = 4 << 20

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		serve(os.Args[2])
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "call" && scenarios[os.Args[3]] != nil {
		call(os.Args[2], os.Args[3])
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "stream" && streams[os.Args[3]] != nil {
		stream(os.Args[2], os.Args[3])
		return
	}
	fmt.Fprintln(os.Stderr, "usage: peer serve ADDRESS | peer call ADDRESS SCENARIO | peer stream ADDRESS CASE")
	os.Exit(2)
}

// network tells how an address is meant.
func network(address string) (string, string) {
	if path := strings.TrimPrefix(address, "unix:"); path != address {
		return "unix", path
	}
	return "tcp", address
}

func spell(address net.Addr) string {
	if address.Network() == "unix" {
		return "unix:" + address.String()
	}
	return address.String()
}

// must ends the program when the test itself is broken.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "broken test:", err)
		os.Exit(3)
	}
}
