package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// shells are those that completion writes for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print what has a shell complete commands",
		Long:  "Print the script that has bash, zsh, fish or powershell complete the commands and options of this program.",
		Example: "  source <($0 completion bash)\n" +
			"  $0 completion zsh > \"${fpath[1]}/_$0\"\n" +
			"  $0 completion fish > ~/.config/fish/completions/$0.fish\n" +
			"  $0 completion powershell | Out-String | Invoke-Expression",
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(shells, args[0]) {
				return misused("want one of %s, not %q", strings.Join(shells, ", "), strings.Join(args, " "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root, w := cmd.Root(), cmd.OutOrStdout()
			switch args[0] {
			case "zsh":
				return root.GenZshCompletion(w)
			case "fish":
				return root.GenFishCompletion(w, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(w)
			}
			return root.GenBashCompletionV2(w, true)
		},
	}
}
