package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"

	"github.com/lambdafence/lambdafence/internal/paramdoc"
	"github.com/lambdafence/lambdafence/policy/source/paramstore"
)

// An account is how Parameter Store is reached: by what the AWS SDK finds in the
// environment and in the files of its configuration, and by flags.
type account struct {
	region, profile string
	timeout         time.Duration
}

func (a *account) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&a.region, "region", "", "the `region` (AWS_REGION, or the profile's)")
	f.StringVar(&a.profile, "profile", "", "the `profile` of the AWS configuration (AWS_PROFILE)")
	f.DurationVar(&a.timeout, "timeout", 30*time.Second, "how long AWS may take to answer")
}

// parseName reads the name of a parameter on the command line.
func parseName(text string) (paramdoc.Name, error) {
	name, err := paramdoc.ParseName(text)
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
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})}
	if a.region != "" {
		options = append(options, config.WithRegion(a.region))
	}
	if a.profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, cannot{fmt.Errorf("the AWS configuration cannot be read: %s", oneLine(err.Error()))}
	}
	if cfg.Region == "" && name.Region() == "" {
		return nil, cannot{errors.New("no region: set AWS_REGION, or use --region")}
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
