package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/ttrpc"
	"github.com/gogo/protobuf/proto"
)

var scenarios = map[string]func(*caller){
	"payloads":   payloads,
	"concurrent": concurrent,
	"errors":     failures,
	"metadata":   sendMetadata,
	"deadlines":  deadlines,
	"large":      oversize,
	"drain":      drain,
	"hold":       holdOn,
	"abandon":    abandon,
	"offer":      failures, // with an offer in each request
}

var background = context.Background()

// payloads echoes messages from none to as long as a frame can be.
func payloads(c *caller) {
	for _, size := range []int{0, 1, 100, 4096, 1 << 20, 4000000, longestValue()} {
		value := strings.Repeat("x", size)
		response, err := c.ask(background, "Echo", "", value)
		fmt.Printf("payload %d: equal %v error %v\n", size, err == nil && response.Value == value, err)
	}
}

// longestValue is the length of the value whose request is a frame of the greatest length.
func longestValue() int {
	size := longestBody
	for requestLength(size) > longestBody {
		size -= requestLength(size) - longestBody
	}
	if requestLength(size) != longestBody {
		panic("no value fills a frame exactly")
	}
	return size
}

func requestLength(size int) int {
	payload, err := proto.Marshal(&ttrpc.KeyValue{Value: strings.Repeat("x", size)})
	must(err)
	request, err := proto.Marshal(&ttrpc.Request{Service: service, Method: "Echo", Payload: payload})
	must(err)
	return len(request)
}

// concurrent has 64 calls at a time on the one connection.
func concurrent(c *caller) {
	var group sync.WaitGroup
	equal := make(chan int, 64)
	for lane := 0; lane < 64; lane++ {
		group.Add(1)
		go func(lane int) {
			defer group.Done()
			count := 0
			for turn := 0; turn < 50; turn++ {
				value := strings.Repeat(strconv.Itoa(lane), 1+turn*20)
				response, err := c.ask(background, "Echo", strconv.Itoa(turn), value)
				if err == nil && response.Value == value && response.Key == strconv.Itoa(turn) {
					count++
				}
			}
			equal <- count
		}(lane)
	}
	group.Wait()
	close(equal)
	total := 0
	for count := range equal {
		total += count
	}
	fmt.Println("concurrent:", total, "equal")
}

// failures calls what fails, and in the end what does not.
func failures(c *caller) {
	for code := 1; code <= 16; code++ {
		key := strconv.Itoa(code)
		c.tell(background, "fail "+key, "Fail", key, "Not now. \U0001F980\n\ttest")
	}
	c.tell(background, "unknown method", "Nothing", "", "")
	response := &ttrpc.KeyValue{}
	err := c.client.Call(background, "test.Nobody", "Echo", &ttrpc.KeyValue{}, response)
	fmt.Println("unknown service:", describe(err))
	err = c.client.Call(background, service, "Echo", &rubbish{}, response)
	fmt.Println("rubbish:", describe(err))
	c.tell(background, "after", "Echo", "still", "here")
}

// rubbish is a message that cannot be decoded.
type rubbish struct{}

func (*rubbish) Reset()                   {}
func (*rubbish) String() string           { return "rubbish" }
func (*rubbish) ProtoMessage()            {}
func (*rubbish) Marshal() ([]byte, error) { return []byte{0x0a, 0x7f, 0x00}, nil }

// sendMetadata sends keys with several values and with capitals.
func sendMetadata(c *caller) {
	ctx := ttrpc.WithMetadata(background, ttrpc.MD{"tag": {"a", "b"}, "X-Mixed": {"c"}, "empty": {""}, "long": {long}})
	c.tell(ctx, "tag", "Metadata", "tag", "")
	c.tell(ctx, "mixed", "Metadata", "x-mixed", "")
	c.tell(ctx, "none", "Metadata", "none", "")
	response, err := c.ask(ctx, "Metadata", "long", "")
	fmt.Println("long:", err == nil && response.Value == long)
	tooMuch := ttrpc.WithMetadata(background, ttrpc.MD{"long": {strings.Repeat("x", 1<<20)}})
	c.tell(tooMuch, "too much", "Metadata", "none", "")
	c.tell(ctx, "after", "Metadata", "tag", "")
}

var long = strings.Repeat("é", 2000)

// deadlines tells the server of deadlines that the client itself does not heed, and then of one it does.
func deadlines(c *caller) {
	for _, timeout := range []int64{-1 << 63, -1, 1, int64(50 * time.Millisecond)} {
		c.timeout = timeout
		began := time.Now()
		c.tell(background, fmt.Sprintf("timeout %d", timeout), "Wait", "deadline", "")
		fmt.Println("in time:", time.Since(began) < 20*time.Second)
	}
	c.timeout = 1<<63 - 1
	c.tell(background, "longest", "Echo", "long", "")
	c.timeout = 0
	c.tell(background, "no deadline", "Deadline", "", "")
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	c.tell(ctx, "a minute", "Deadline", "", "")
	short, cancelShort := context.WithTimeout(background, 50*time.Millisecond)
	defer cancelShort()
	c.tell(short, "own", "Wait", "own", "")
	c.tell(background, "after", "Echo", "still", "here")
}

// oversize sends a request and asks for an answer that are too long for a frame.
func oversize(c *caller) {
	response, err := c.ask(background, "Echo", "", strings.Repeat("x", longestValue()+1))
	fmt.Println("request:", response.Value == "", describe(err))
	c.tell(background, "between", "Echo", "still", "here")
	response, err = c.ask(background, "Large", strconv.Itoa(longestBody), "")
	fmt.Println("answer:", response.Value == "", describe(err))
	c.tell(background, "after", "Echo", "still", "here")
}

// drain has a call running while the server goes down, and calls on until it is refused.
func drain(c *caller) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.tell(background, "held", "Wait", "drain", "")
	}()
	for {
		if _, err := c.ask(background, "Echo", "", ""); err != nil {
			fmt.Println("refused:", describe(err))
			break
		}
	}
	<-ended
	for {
		if _, err := c.ask(background, "Echo", "", ""); err == ttrpc.ErrClosed {
			fmt.Println("closed")
			break
		}
	}
}

// holdOn has a call running until the server ends it.
func holdOn(c *caller) {
	c.tell(background, "held", "Wait", "hold", "")
}

// abandon closes the connection while a call runs.
func abandon(c *caller) {
	ended := make(chan error)
	go func() {
		_, err := c.ask(background, "Wait", "abandon", "")
		ended <- err
	}()
	for {
		response, err := c.ask(background, "Began", "abandon", "")
		must(err)
		if response.Value == "true" {
			break
		}
	}
	c.client.Close()
	fmt.Println("abandoned:", <-ended == ttrpc.ErrClosed)
}
