// Command certs-go judges a certificate Secret as the Spark operator 2.2 and later does when its webhook starts,
// and as the Kubernetes API server does when it calls that webhook. Standard library only.
//
//	certs-go accept NOW DNS-NAME    < secret.json    prints accepts, regenerates or crashes, and why
//	certs-go handshake DNS-NAME     < secret.json    serves with the Secret's pair and calls it with its authority
//	certs-go chain DNS-NAME         < secret.json    the same for the keys ca.crt, tls.crt, tls.key
package main

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

type secret struct {
	Data map[string][]byte `json:"data"`
}

func main() {
	log.SetFlags(0)
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	var s secret
	decodeErr := json.Unmarshal(input, &s)
	switch os.Args[1] {
	case "accept":
		now, err := time.Parse(time.RFC3339, os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		if decodeErr != nil {
			// The API server refuses it; an operator that gets it some other way cannot use it.
			fmt.Println("crashes:", decodeErr)
			return
		}
		verdict, reason := accept(s, now, os.Args[3])
		fmt.Printf("%s: %v\n", verdict, reason)
	case "handshake":
		fail(decodeErr)
		fail(handshake(s.Data["ca-cert.pem"], s.Data["server-cert.pem"], s.Data["server-key.pem"], os.Args[2]))
	case "chain":
		fail(decodeErr)
		fail(handshake(s.Data["ca.crt"], s.Data["tls.crt"], s.Data["tls.key"], os.Args[2]))
	default:
		log.Fatal("accept, handshake or chain")
	}
}

func fail(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// accept follows what the webhook does from reading the Secret to serving with it.
func accept(s secret, now time.Time, dnsName string) (string, error) {
	keys := []string{"ca-key.pem", "ca-cert.pem", "server-cert.pem", "server-key.pem"}
	blocks := map[string]*pem.Block{}
	for _, key := range keys {
		if len(s.Data[key]) == 0 {
			return "regenerates", fmt.Errorf("%s is missing or empty", key)
		}
	}
	for _, key := range keys {
		block, _ := pem.Decode(s.Data[key])
		if block == nil {
			return "crashes", fmt.Errorf("%s is no PEM", key)
		}
		blocks[key] = block
	}
	var serverKey *rsa.PrivateKey
	for _, key := range []string{"ca-key.pem", "server-key.pem"} {
		parsed, err := x509.ParsePKCS1PrivateKey(blocks[key].Bytes)
		if err != nil {
			return "crashes", fmt.Errorf("%s: %w", key, err)
		}
		serverKey = parsed
	}
	authority, err := x509.ParseCertificate(blocks["ca-cert.pem"].Bytes)
	if err != nil {
		return "crashes", fmt.Errorf("ca-cert.pem: %w", err)
	}
	server, err := x509.ParseCertificate(blocks["server-cert.pem"].Bytes)
	if err != nil {
		return "crashes", fmt.Errorf("server-cert.pem: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	options := x509.VerifyOptions{DNSName: dnsName, Roots: pool, CurrentTime: now.AddDate(0, 0, 180)}
	if _, err := server.Verify(options); err != nil {
		return "regenerates", err
	}
	// The pair is written to files anew and served from there.
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Raw})
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(serverKey)})
	if _, err := tls.X509KeyPair(certificate, key); err != nil {
		return "crashes", err
	}
	return "accepts", errors.New("valid")
}

// handshake serves with the pair and calls it as the API server does; another name must be refused.
func handshake(authority, certificate, key []byte, dnsName string) error {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "mutated") }),
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go server.Serve(listener)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return errors.New("the authority is no PEM")
	}
	call := func(name string) error {
		dial := func(network, _ string) (net.Conn, error) { return net.Dial(network, listener.Addr().String()) }
		client := http.Client{Transport: &http.Transport{Dial: dial, TLSClientConfig: &tls.Config{RootCAs: pool}}}
		response, err := client.Get("https://" + name + "/mutate--v1-pod")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err == nil && string(body) != "mutated" {
			err = fmt.Errorf("unexpected answer %q", body)
		}
		return err
	}
	if err := call(dnsName); err != nil {
		return err
	}
	if err := call("other." + dnsName); err == nil {
		return errors.New("another name was accepted")
	}
	return nil
}
