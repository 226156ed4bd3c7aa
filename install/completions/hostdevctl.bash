# bash completion for hostdevctl
# shellcheck shell=bash

_hostdevctl_addresses() {
	local path
	for path in /sys/bus/pci/devices/*; do
		printf '%s\n' "${path##*/}"
	done
}

_hostdevctl() {
	local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} words=''
	local common='--sysroot --connect --json --help'
	if [ "$COMP_CWORD" -eq 1 ]; then
		words='list show groups plan status prepare release reconcile detach reattach mdev vgpu vf map xml nodedev acl check setup --help --version'
	else
		case $command in
		list) words="$common -d --device -s --slot --name" ;;
		show | reattach) words="$common $(_hostdevctl_addresses)" ;;
		detach) words="$common --driver $(_hostdevctl_addresses)" ;;
		plan | prepare | release) words="$common $(virsh --quiet list --all --name 2>/dev/null)" ;;
		groups) words="$common $(cd /sys/kernel/iommu_groups 2>/dev/null && echo *)" ;;
		status | reconcile) words=$common ;;
		check) words="$common --quiet $(_hostdevctl_addresses) $(virsh --quiet list --all --name 2>/dev/null)" ;;
		setup)
			words="$common --dry-run --undo --force --claim --unclaim --ids --blacklist --hugepages --rights --owner --group --mode
				--unsafe-interrupts --no-firmware-framebuffer --no-passthrough-mode $(_hostdevctl_addresses)" ;;
		acl) words="show fix $common $(_hostdevctl_addresses)" ;;
		mdev)
			words="types list create remove define undefine $common --parent --uuid --mapping --choose --attr --auto --active
				--defined $(cd /sys/bus/mdev/devices 2>/dev/null && echo *)" ;;
		vgpu) words="types set clear $common $(_hostdevctl_addresses)" ;;
		vf) words="list set net clear apply $common --driver --save --wait $(_hostdevctl_addresses)" ;;
		map)
			words="list check accept add remove import assign $common --host $(cd /etc/hostdevctl/mappings.d 2>/dev/null &&
				printf '%s\n' *.conf | sed 's/\.conf$//') $(virsh --quiet list --all --name 2>/dev/null)" ;;
		xml)
			words="hostdev interface mdev vgpu $common --managed --driver-model --rom-file --no-rom --x-vga --pci-id --guest-slot
				--mac --vlan --type --parent --uuid --attr --display --ramfb --model $(_hostdevctl_addresses)" ;;
		nodedev)
			words="list dumpxml create define start destroy undefine detach reattach reset $common --cap --inactive --all --driver
				$(hostdevctl nodedev list --all 2>/dev/null)" ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	# A ':' splits words in bash; what is already on the line must not be repeated.
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$current"
	fi
}
complete -o default -F _hostdevctl hostdevctl
