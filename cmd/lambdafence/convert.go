package main

import "github.com/spf13/cobra"

func convertCommand() *cobra.Command { return &cobra.Command{Use: "convert"} }
