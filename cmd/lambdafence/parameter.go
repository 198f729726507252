package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// A place is where AWS is asked, and as whom: by what the AWS SDK finds in the
// environment and in the files of its configuration, and by flags.
type place struct {
	region, profile string
}

func (p *place) flags(cmd *cobra.Command, of string) {
	f := cmd.Flags()
	f.StringVar(&p.region, "region", "", of+"the `region` (AWS_REGION, or the profile's)")
	f.StringVar(&p.profile, "profile", "", of+"the `profile` of the AWS configuration (AWS_PROFILE)")
}

// config is the SDK's. What is called says its region itself where known is true.
func (p *place) config(ctx context.Context, known bool) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})}
	if p.region != "" {
		options = append(options, config.WithRegion(p.region))
	}
	if p.profile != "" {
		options = append(options, config.WithSharedConfigProfile(p.profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return cfg, cannot{fmt.Errorf("the AWS configuration cannot be read: %s", oneLine(err.Error()))}
	}
	if cfg.Region == "" && !known {
		return cfg, cannot{errors.New("no region: set AWS_REGION, or use --region")}
	}
	return cfg, nil
}

// An account is how Parameter Store is reached.
type account struct {
	place
	timeout time.Duration
}

func (a *account) flags(cmd *cobra.Command) {
	a.place.flags(cmd, "")
	cmd.Flags().DurationVar(&a.timeout, "timeout", 30*time.Second, "how long AWS may take to answer")
}

// parseName reads the name of a parameter on the command line, also as
// LAMBDAFENCE_POLICY has it.
func parseName(text string) (paramdoc.Name, error) {
	name, err := paramdoc.ParseName(strings.TrimPrefix(text, "ssm:"))
	if err != nil {
		return name, fmt.Errorf("%w; want such as /fence/orders", err)
	}
	return name, nil
}

// open returns the parameter of that name.
func (a *account) open(ctx context.Context, name paramdoc.Name) (*paramstore.Parameter, error) {
	if a.timeout <= 0 {
		return nil, errors.New("--timeout: want a time, such as 30s")
	}
	cfg, err := a.config(ctx, name.Region() != "")
	if err != nil {
		return nil, err
	}
	return paramstore.New(name.String(), paramstore.WithConfig(cfg)), nil
}

// within gives f the time of --timeout. Time in which a person is asked does not
// count.
func (a *account) within(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	return f(ctx)
}
