package main

import "github.com/gogo/protobuf/proto"

// EchoRequest is the message of echo.proto, as protoc-gen-go declares it.
type EchoRequest struct {
	Id   string `protobuf:"bytes,1,opt,name=id,proto3"`
	N    int64  `protobuf:"varint,2,opt,name=n,proto3"`
	Text string `protobuf:"bytes,3,opt,name=text,proto3"`
	Blob []byte `protobuf:"bytes,4,opt,name=blob,proto3"`
}

func (m *EchoRequest) Reset()         { *m = EchoRequest{} }
func (m *EchoRequest) String() string { return proto.CompactTextString(m) }
func (*EchoRequest) ProtoMessage()    {}

// EchoResponse is the message of echo.proto, as protoc-gen-go declares it.
type EchoResponse struct {
	Id   string `protobuf:"bytes,1,opt,name=id,proto3"`
	N    int64  `protobuf:"varint,2,opt,name=n,proto3"`
	Text string `protobuf:"bytes,3,opt,name=text,proto3"`
	Blob []byte `protobuf:"bytes,4,opt,name=blob,proto3"`
}

func (m *EchoResponse) Reset()         { *m = EchoResponse{} }
func (m *EchoResponse) String() string { return proto.CompactTextString(m) }
func (*EchoResponse) ProtoMessage()    {}
