// WEBHOOK_SECRET='whsec_…' go run receive.go       (Go 1.19 or newer, standard library only)
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxBody   = 1024 * 1024
	tolerance = 300 // seconds
)

var (
	secrets = strings.Fields(os.Getenv("WEBHOOK_SECRET")) // two while the secret is rotated
	scheme  = setting("SCHEME", "standard")
	inbox   = setting("INBOX", "inbox")
	wake    = make(chan struct{}, 1)
	usable  = regexp.MustCompile(`^\w+$`)
)

type delivery struct {
	Event string          `json:"event"`
	ID    string          `json:"delivery_id"`
	Data  json.RawMessage `json:"data"`
}

// handle does what is to be done about a delivery. After an error it comes again with the next one, or after a restart.
func handle(d delivery) error {
	fmt.Println("handled", d.Event, d.ID)
	return nil
}

// isOurs tells whether one of the secrets signed this body, lately.
func isOurs(header http.Header, body []byte, now time.Time) bool {
	var seconds, prefix string
	var given, keys [][]byte
	if scheme == "standard" { // https://www.standardwebhooks.com
		seconds = header.Get("webhook-timestamp")
		id := header.Get("webhook-id")
		if strings.Contains(id, ".") { // part of the body could be passed off as the time
			return false
		}
		prefix = id + "." + seconds + "."
		for _, part := range strings.Fields(header.Get("webhook-signature")) {
			if digest, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(part, "v1,")); err == nil {
				given = append(given, digest)
			}
		}
		for _, secret := range secrets {
			if key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_")); err == nil {
				keys = append(keys, key)
			}
		}
	} else { // agenta: `t=<seconds>,v1=<hex>`, once more for each further secret
		for _, part := range strings.Split(header.Get("x-agenta-signature"), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if digest, err := hex.DecodeString(value); name == "v1" && err == nil {
				given = append(given, digest)
			} else if name == "t" {
				seconds = value
			}
		}
		prefix = seconds + "."
		for _, secret := range secrets {
			keys = append(keys, []byte(secret))
		}
	}
	at, err := strconv.ParseInt(seconds, 10, 64)
	if off := now.Unix() - at; err != nil || off > tolerance || off < -tolerance {
		return false
	}
	ours := false
	for _, key := range keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(prefix))
		mac.Write(body)
		expected := mac.Sum(nil)
		for _, digest := range given {
			ours = hmac.Equal(digest, expected) || ours // in constant time
		}
	}
	return ours
}

// keep answers false where it was kept before. In your service: one INSERT with the id as primary key.
func keep(id string, body []byte) (bool, error) {
	if !usable.MatchString(id) {
		return false, errors.New("the delivery has no usable id")
	}
	file := filepath.Join(inbox, id+".json")
	if _, err := os.Stat(file); err == nil {
		return false, nil
	}
	draft, err := os.CreateTemp(inbox, id+".*")
	if err != nil {
		return false, err
	}
	defer draft.Close()
	if _, err = draft.Write(body); err != nil {
		return false, err
	}
	if err = draft.Sync(); err != nil {
		return false, err
	}
	return true, os.Rename(draft.Name(), file)
}

// work goes on after the answer, one delivery after another.
func work() {
	for ; ; <-wake {
		files, _ := filepath.Glob(filepath.Join(inbox, "*.json")) // sorted
		for _, file := range files {
			done := strings.TrimSuffix(file, "json") + "done"
			if _, err := os.Stat(done); err == nil {
				continue
			}
			var d delivery
			body, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(body, &d)
			}
			if err == nil {
				err = handle(d)
			}
			if err == nil {
				err = os.WriteFile(done, nil, 0o600)
			}
			if err != nil {
				log.Print(err)
			}
		}
	}
}

func receive(w http.ResponseWriter, r *http.Request) {
	// The bytes as they came: parsed and written again they are others.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if !isOurs(r.Header, body, time.Now()) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var d delivery // its id is the same as `webhook-id`, and signed in every scheme
	fresh := false
	err = json.Unmarshal(body, &d)
	if err == nil {
		fresh, err = keep(d.ID, body)
	}
	switch {
	case err != nil:
		log.Print(err)
		w.WriteHeader(http.StatusInternalServerError) // nothing was kept: Pullwright sends it again
	case fresh:
		w.WriteHeader(http.StatusAccepted)
	}
	select {
	case wake <- struct{}{}:
	default:
	}
}

func main() {
	if len(secrets) == 0 {
		log.Fatal("Set WEBHOOK_SECRET")
	}
	if err := os.MkdirAll(inbox, 0o700); err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+setting("PORT", "8080"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s/\n", listener.Addr())
	go work() // begins with what a crash left
	server := &http.Server{Handler: http.HandlerFunc(receive), ReadTimeout: 15 * time.Second}
	log.Fatal(server.Serve(listener))
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
