package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/gogo/protobuf/proto"
	"google.golang.org/grpc/codes"
)

const streaming = "ttrpc.integration.streaming.Streaming"

const (
	kindRequest  = 1
	kindResponse = 2
	kindData     = 3

	remoteClosed = 1
	remoteOpen   = 2
	noData       = 4
)

type echoPayload struct {
	Seq uint32 `protobuf:"varint,1,opt,name=seq,proto3"`
	Msg string `protobuf:"bytes,2,opt,name=msg,proto3"`
}

func (m *echoPayload) Reset()         { *m = echoPayload{} }
func (m *echoPayload) String() string { return fmt.Sprintf("%+v", *m) }
func (*echoPayload) ProtoMessage()    {}

type part struct {
	Add int32 `protobuf:"varint,1,opt,name=add,proto3"`
}

func (m *part) Reset()         { *m = part{} }
func (m *part) String() string { return fmt.Sprintf("%+v", *m) }
func (*part) ProtoMessage()    {}

type total struct {
	Sum int32 `protobuf:"varint,1,opt,name=sum,proto3"`
	Num int32 `protobuf:"varint,2,opt,name=num,proto3"`
}

func (m *total) Reset()         { *m = total{} }
func (m *total) String() string { return fmt.Sprintf("%+v", *m) }
func (*total) ProtoMessage()    {}

type nothing struct{}

func (m *nothing) Reset()         { *m = nothing{} }
func (m *nothing) String() string { return "nothing" }
func (*nothing) ProtoMessage()    {}

// A failure ends a case of streams.
type failure string

// A line writes and reads frames of the base protocol by hand.
type line struct {
	connection net.Conn
	next       uint32
}

// stream runs one case and tells what came of it.
func stream(address, label string) {
	connection, err := net.Dial(network(address))
	must(err)
	must(connection.SetDeadline(time.Now().Add(time.Minute)))
	defer func() {
		if reason := recover(); reason != nil {
			fmt.Printf("%s: %v\n", label, reason)
		}
	}()
	l := &line{connection: connection, next: 1}
	streams[label](l)
	// Whatever came before, the connection must still be of use.
	l.expectEcho()
	fmt.Printf("%s: ok\n", label)
}

func check(holds bool, format string, arguments ...interface{}) {
	if !holds {
		panic(failure(fmt.Sprintf(format, arguments...)))
	}
}

func encoded(message proto.Message) []byte {
	if message == nil {
		return nil
	}
	body, err := proto.Marshal(message)
	must(err)
	return body
}

func (l *line) send(stream uint32, kind, flags byte, body []byte) {
	bytes := make([]byte, 10, 10+len(body))
	binary.BigEndian.PutUint32(bytes, uint32(len(body)))
	binary.BigEndian.PutUint32(bytes[4:], stream)
	bytes[8], bytes[9] = kind, flags
	_, err := l.connection.Write(append(bytes, body...))
	check(err == nil, "write: %v", err)
}

// open sends the request of a call, with a payload unless that is nil.
func (l *line) open(method string, flags byte, payload proto.Message) uint32 {
	stream := l.next
	l.next += 2
	request := &ttrpc.Request{Service: streaming, Method: method, Payload: encoded(payload)}
	l.send(stream, kindRequest, flags, encoded(request))
	return stream
}

func (l *line) write(stream uint32, message proto.Message) {
	l.send(stream, kindData, 0, encoded(message))
}

func (l *line) closeSend(stream uint32) {
	l.send(stream, kindData, remoteClosed|noData, nil)
}

func (l *line) read() frame {
	header := make([]byte, 10)
	_, err := io.ReadFull(l.connection, header)
	check(err == nil, "read: %v", err)
	length := binary.BigEndian.Uint32(header)
	check(length <= longestBody, "a frame of %d bytes", length)
	body := make([]byte, length)
	_, err = io.ReadFull(l.connection, body)
	check(err == nil, "read: %v", err)
	return frame{stream: binary.BigEndian.Uint32(header[4:]), kind: header[8], flags: header[9], body: body}
}

// expectMessage reads the next message of a stream.
func (l *line) expectMessage(stream uint32, message proto.Message) {
	f := l.read()
	check(f.stream == stream && f.kind == kindData && f.flags == 0, "not a message of %d: %+v", stream, f)
	check(proto.Unmarshal(f.body, message) == nil, "an unreadable message: %+v", f)
}

// expectEnd reads the good end of a stream of responses.
func (l *line) expectEnd(stream uint32) {
	f := l.read()
	isEnd := f.kind == kindData && f.flags == remoteClosed|noData && len(f.body) == 0
	check(f.stream == stream && isEnd, "not the end of %d: %+v", stream, f)
}

// expectResponse reads the one response of a call.
func (l *line) expectResponse(stream uint32, message proto.Message) {
	response := l.expectEnvelope(stream)
	check(response.Status == nil, "an error: %v", response.Status)
	check(proto.Unmarshal(response.Payload, message) == nil, "an unreadable response")
}

func (l *line) expectError(stream uint32, code codes.Code) {
	response := l.expectEnvelope(stream)
	check(response.Status != nil && response.Status.Code == int32(code), "not the error: %v", response.Status)
	check(len(response.Payload) == 0, "an error with a payload")
}

func (l *line) expectEnvelope(stream uint32) *ttrpc.Response {
	f := l.read()
	check(f.stream == stream && f.kind == kindResponse && f.flags == 0, "not the response of %d: %+v", stream, f)
	response := &ttrpc.Response{}
	check(proto.Unmarshal(f.body, response) == nil, "an unreadable envelope: %+v", f)
	return response
}

func (l *line) expectEcho() {
	stream := l.open("Echo", 0, &echoPayload{Seq: 1, Msg: "Echo Me"})
	var answer echoPayload
	l.expectResponse(stream, &answer)
	check(answer == echoPayload{Seq: 2, Msg: "Echo Me"}, "not the echo: %v", answer)
}

// split writes bytes one by one, as a peer without a buffer might.
func (l *line) split(content []byte) {
	for reader := bytes.NewReader(content); reader.Len() > 0; {
		next, _ := reader.ReadByte()
		_, err := l.connection.Write([]byte{next})
		check(err == nil, "write: %v", err)
	}
}
