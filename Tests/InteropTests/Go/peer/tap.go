package main

import (
	"encoding/binary"
	"net"
)

// A frame as it came over the wire.
type frame struct {
	stream uint32
	kind   byte
	flags  byte
	body   []byte
}

// A tap is a connection that shows each frame that is read from it, before the ttrpc package sees all of it.
type tap struct {
	net.Conn
	seen func(frame)
	rest []byte
}

func (t *tap) Read(place []byte) (int, error) {
	count, err := t.Conn.Read(place)
	t.rest = append(t.rest, place[:count]...)
	for len(t.rest) >= 10 {
		end := 10 + int(binary.BigEndian.Uint32(t.rest))
		if len(t.rest) < end {
			break
		}
		t.seen(frame{
			stream: binary.BigEndian.Uint32(t.rest[4:]),
			kind:   t.rest[8],
			flags:  t.rest[9],
			body:   t.rest[10:end],
		})
		t.rest = append([]byte(nil), t.rest[end:]...)
	}
	return count, err
}

// A tappedListener taps what it accepts.
type tappedListener struct {
	net.Listener
	seen func(frame)
}

func (l *tappedListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tap{Conn: connection, seen: l.seen}, nil
}

// xtOffer is a field of the extension in a request envelope, with Settings of version 1 and all features.
var xtOffer = []byte{0xe2, 0x76, 4, 0x08, 1, 0x48, 0x0f}

// An offering connection adds the extension's offer to each request, as a proxy might that knows nothing of it.
type offering struct {
	net.Conn
	rest []byte
}

func (o *offering) Write(content []byte) (int, error) {
	o.rest = append(o.rest, content...)
	for len(o.rest) >= 10 {
		length := binary.BigEndian.Uint32(o.rest)
		end := 10 + int(length)
		if len(o.rest) < end {
			break
		}
		frame := append(append([]byte(nil), o.rest[:end]...), xtOffer...)
		binary.BigEndian.PutUint32(frame, length+uint32(len(xtOffer)))
		if _, err := o.Conn.Write(frame); err != nil {
			return 0, err
		}
		o.rest = append([]byte(nil), o.rest[end:]...)
	}
	return len(content), nil
}

// fields lists the field numbers of a message, in order.
func fields(message []byte) (numbers []uint64) {
	for len(message) > 0 {
		tag, length := binary.Uvarint(message)
		if length <= 0 {
			return nil
		}
		message = message[length:]
		value, length := binary.Uvarint(message)
		switch tag & 7 {
		case 0: // a number
		case 2: // a length and that many bytes
			length += int(value)
		default:
			return nil
		}
		if length <= 0 || length > len(message) {
			return nil
		}
		numbers = append(numbers, tag>>3)
		message = message[length:]
	}
	return numbers
}
