package main

import (
	"fmt"

	"google.golang.org/grpc/codes"
)

const nullText = "non-empty empty"

var streams = map[string]func(*line){
	"Echo":                               func(*line) {},
	"EchoStream":                         echoStream,
	"SumStream":                          sumStream,
	"DivideStream":                       divideStream,
	"EchoNull":                           echoNull,
	"EchoNullStream":                     echoNullStream,
	"EmptyPayloadStream":                 emptyPayloadStream,
	"32 at once":                         manyStreams,
	"last message with the half-close":   lastWithHalfClose,
	"first message with the request":     firstWithRequest,
	"empty last message":                 emptyLast,
	"unexpected payload":                 unexpectedPayload,
	"late messages":                      lateMessages,
	"byte by byte beside an open stream": byteByByte,
}

func (l *line) expectNext(stream uint32, sent echoPayload) {
	var answer echoPayload
	l.expectMessage(stream, &answer)
	check(answer == echoPayload{Seq: sent.Seq + 1, Msg: sent.Msg}, "not the echo of %v: %v", sent, answer)
}

func echoStream(l *line) {
	stream := l.open("EchoStream", remoteOpen, nil)
	for number := uint32(0); number < 100; number += 2 {
		payload := echoPayload{Seq: number, Msg: fmt.Sprintf("%d: Echo in a stream", number)}
		l.write(stream, &payload)
		l.expectNext(stream, payload)
	}
	l.closeSend(stream)
	l.expectEnd(stream)
}

func sumStream(l *line) {
	stream := l.open("SumStream", remoteOpen, nil)
	l.write(stream, &part{})
	for number := int32(-99); number <= 100; number++ {
		l.write(stream, &part{Add: number})
	}
	l.write(stream, &part{})
	l.closeSend(stream)
	var sum total
	l.expectResponse(stream, &sum)
	check(sum == total{Sum: 100, Num: 202}, "not the sum: %v", sum)
}

func divideStream(l *line) {
	stream := l.open("DivideStream", remoteClosed, &total{Sum: 392, Num: 30})
	var sum int32
	for number := 0; number < 30; number++ {
		var next part
		l.expectMessage(stream, &next)
		sum += next.Add
	}
	l.expectEnd(stream)
	check(sum == 392, "not the sum: %d", sum)
}

func echoNull(l *line) {
	stream := l.open("EchoNull", remoteOpen, nil)
	for number := uint32(0); number < 100; number++ {
		l.write(stream, &echoPayload{Seq: number, Msg: nullText})
	}
	l.closeSend(stream)
	l.expectResponse(stream, &nothing{})
}

func echoNullStream(l *line) {
	stream := l.open("EchoNullStream", remoteOpen, nil)
	for number := uint32(0); number < 100; number++ {
		l.write(stream, &echoPayload{Seq: number, Msg: nullText})
	}
	l.closeSend(stream)
	for count := 0; count < 1000; count++ {
		l.expectMessage(stream, &nothing{})
	}
	l.expectEnd(stream)
}

func emptyPayloadStream(l *line) {
	stream := l.open("EmptyPayloadStream", remoteClosed, &nothing{})
	for number := uint32(1); number <= 2; number++ {
		var answer echoPayload
		l.expectMessage(stream, &answer)
		check(answer.Seq == number, "not payload %d: %v", number, answer)
	}
	l.expectEnd(stream)
}

// manyStreams has 32 streams that take turns.
func manyStreams(l *line) {
	var ids []uint32
	for len(ids) < 32 {
		ids = append(ids, l.open("EchoStream", remoteOpen, nil))
	}
	for turn := uint32(0); turn < 20; turn++ {
		waiting := map[uint32]bool{}
		for _, stream := range ids {
			l.write(stream, &echoPayload{Seq: turn, Msg: fmt.Sprint(stream)})
			waiting[stream] = true
		}
		for len(waiting) > 0 {
			f := l.read()
			check(waiting[f.stream] && f.kind == kindData && f.flags == 0, "unexpected: %+v", f)
			expected := encoded(&echoPayload{Seq: turn + 1, Msg: fmt.Sprint(f.stream)})
			check(string(f.body) == string(expected), "not the echo: %+v", f)
			delete(waiting, f.stream)
		}
	}
	for _, stream := range ids {
		l.closeSend(stream)
		l.expectEnd(stream)
	}
}

// lastWithHalfClose ends the requests with a message, which the protocol's text allows.
func lastWithHalfClose(l *line) {
	stream := l.open("EchoStream", remoteOpen, nil)
	payload := echoPayload{Seq: 1, Msg: "the last"}
	l.send(stream, kindData, remoteClosed, encoded(&payload))
	l.expectNext(stream, payload)
	l.expectEnd(stream)
}

// firstWithRequest puts the first message into the request, which the protocol's text allows.
func firstWithRequest(l *line) {
	payload := echoPayload{Seq: 1, Msg: "the first"}
	stream := l.open("EchoStream", remoteOpen, &payload)
	l.expectNext(stream, payload)
	l.closeSend(stream)
	l.expectEnd(stream)
}

// emptyLast ends the requests with a message of no bytes.
func emptyLast(l *line) {
	stream := l.open("SumStream", remoteOpen|noData, nil)
	l.write(stream, &part{Add: 7})
	l.send(stream, kindData, remoteClosed, nil)
	var sum total
	l.expectResponse(stream, &sum)
	check(sum == total{Sum: 7, Num: 2}, "not the sum: %v", sum)
}

func unexpectedPayload(l *line) {
	stream := l.open("EchoNull", remoteOpen, nil)
	l.write(stream, &echoPayload{Seq: 99, Msg: nullText})
	l.expectError(stream, codes.InvalidArgument)
}

// lateMessages writes on after the error; a server that answered each message would stop clients of version 1.2.
func lateMessages(l *line) {
	stream := l.open("EchoNullStream", remoteOpen, nil)
	l.write(stream, &echoPayload{Seq: 99, Msg: nullText})
	l.expectError(stream, codes.InvalidArgument)
	for number := uint32(0); number < 100; number++ {
		l.write(stream, &echoPayload{Seq: number, Msg: nullText})
	}
	l.closeSend(stream)
}

// byteByByte writes a frame in as many pieces as it has bytes, while another stream is left open.
func byteByByte(l *line) {
	l.open("EchoStream", remoteOpen, nil)
	stream := l.open("EchoStream", remoteOpen, nil)
	payload := echoPayload{Seq: 1, Msg: "byte by byte"}
	body := encoded(&payload)
	header := []byte{0, 0, 0, byte(len(body)), 0, 0, 0, byte(stream), kindData, 0}
	l.split(append(header, body...))
	l.expectNext(stream, payload)
	l.closeSend(stream)
	l.expectEnd(stream)
}
