package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/x509bundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
	agentv1 "github.com/spiffe/spire-api-sdk/proto/spire/api/server/agent/v1"
	bundlev1 "github.com/spiffe/spire-api-sdk/proto/spire/api/server/bundle/v1"
	entryv1 "github.com/spiffe/spire-api-sdk/proto/spire/api/server/entry/v1"
	svidv1 "github.com/spiffe/spire-api-sdk/proto/spire/api/server/svid/v1"
	"github.com/spiffe/spire-api-sdk/proto/spire/api/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	tokenSeconds = 300
	// The server reads new entries every few seconds.
	known = 30 * time.Second
)

type server struct {
	trustDomain spiffeid.TrustDomain
	// For its bundle, join tokens and entries
	socket string
	// Where agents reach it
	address string
}

// agent has an attested identity and one connection that stays open, as a SPIRE agent.
type agent struct {
	svids   svidv1.SVIDClient
	request *svidv1.BatchNewX509SVIDRequest
}

// attested makes agents, each with a workload of its own, and waits until the server issues for all of them.
func (s server) attested(ctx context.Context, count int) ([]*agent, error) {
	admin, err := grpc.NewClient("unix:"+s.socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer admin.Close()
	roots, err := bundleOf(ctx, admin, s.trustDomain)
	if err != nil {
		return nil, err
	}
	agents := make([]*agent, count)
	for i := range agents {
		if agents[i], err = s.newAgent(ctx, admin, roots); err != nil {
			return nil, err
		}
	}
	deadline := time.Now().Add(known)
	for _, agent := range agents {
		for {
			if err = agent.issue(ctx); err == nil {
				break
			}
			if time.Now().After(deadline) {
				return nil, err
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	return agents, nil
}

func bundleOf(ctx context.Context, admin grpc.ClientConnInterface, trustDomain spiffeid.TrustDomain) (*x509bundle.Bundle, error) {
	bundle, err := bundlev1.NewBundleClient(admin).GetBundle(ctx, &bundlev1.GetBundleRequest{})
	if err != nil {
		return nil, err
	}
	roots := x509bundle.New(trustDomain)
	for _, authority := range bundle.X509Authorities {
		root, err := x509.ParseCertificate(authority.Asn1)
		if err != nil {
			return nil, err
		}
		roots.AddX509Authority(root)
	}
	return roots, nil
}

func (s server) newAgent(ctx context.Context, admin grpc.ClientConnInterface, roots *x509bundle.Bundle) (*agent, error) {
	token, err := agentv1.NewAgentClient(admin).CreateJoinToken(ctx, &agentv1.CreateJoinTokenRequest{Ttl: tokenSeconds})
	if err != nil {
		return nil, err
	}
	created, err := entryv1.NewEntryClient(admin).BatchCreateEntry(ctx, &entryv1.BatchCreateEntryRequest{
		Entries: []*types.Entry{{
			SpiffeId:  &types.SPIFFEID{TrustDomain: s.trustDomain.Name(), Path: "/ns/bench/sa/workload"},
			ParentId:  &types.SPIFFEID{TrustDomain: s.trustDomain.Name(), Path: "/spire/agent/join_token/" + token.Value},
			Selectors: []*types.Selector{{Type: "unix", Value: "uid:65532"}},
		}},
	})
	if err != nil {
		return nil, err
	}
	entry := created.Results[0]
	if entry.Entry == nil {
		return nil, fmt.Errorf("no entry: %s", entry.Status.GetMessage())
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, err
	}
	id, err := spiffeid.FromPath(s.trustDomain, "/spire/server")
	if err != nil {
		return nil, err
	}
	onlyServer := tlsconfig.AuthorizeID(id)
	chain, err := attest(ctx, s.address, tlsconfig.TLSClientConfig(roots, onlyServer), token.Value, csr)
	if err != nil {
		return nil, err
	}
	own := &x509svid.SVID{Certificates: chain, PrivateKey: key}
	connection, err := connect(s.address, tlsconfig.MTLSClientConfig(own, roots, onlyServer))
	if err != nil {
		return nil, err
	}
	wanted := &svidv1.NewX509SVIDParams{EntryId: entry.Entry.Id, Csr: csr}
	return &agent{
		svids:   svidv1.NewSVIDClient(connection),
		request: &svidv1.BatchNewX509SVIDRequest{Params: []*svidv1.NewX509SVIDParams{wanted}},
	}, nil
}

// attest exchanges a join token for the chain of the agent's own X.509-SVID.
func attest(ctx context.Context, address string, trust *tls.Config, token string, csr []byte) ([]*x509.Certificate, error) {
	connection, err := connect(address, trust)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	stream, err := agentv1.NewAgentClient(connection).AttestAgent(ctx)
	if err != nil {
		return nil, err
	}
	err = stream.Send(&agentv1.AttestAgentRequest{Step: &agentv1.AttestAgentRequest_Params_{
		Params: &agentv1.AttestAgentRequest_Params{
			Data:   &types.AttestationData{Type: "join_token", Payload: []byte(token)},
			Params: &agentv1.AgentX509SVIDParams{Csr: csr},
		},
	}})
	if err != nil {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	var chain []*x509.Certificate
	for _, der := range answer.GetResult().GetSvid().GetCertChain() {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		chain = append(chain, certificate)
	}
	if len(chain) == 0 {
		return nil, errors.New("no SVID for the agent")
	}
	return chain, nil
}

func connect(address string, trust *tls.Config) (*grpc.ClientConn, error) {
	return grpc.NewClient(address, grpc.WithTransportCredentials(credentials.NewTLS(trust)))
}

// issue asks for one X.509-SVID.
func (a *agent) issue(ctx context.Context) error {
	answer, err := a.svids.BatchNewX509SVID(ctx, a.request)
	if err != nil {
		return err
	}
	result := answer.Results[0]
	if codes.Code(result.Status.GetCode()) != codes.OK || len(result.Svid.GetCertChain()) == 0 {
		return fmt.Errorf("no SVID: %s", result.Status.GetMessage())
	}
	return nil
}
