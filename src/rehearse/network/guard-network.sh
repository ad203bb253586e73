# shellcheck shell=sh
# Takes the network of a throw-away host down, in the owner's network namespace.
record=$1 veth=$2 subnet=$3 forwarding=$4
iptables -w -D FORWARD -i "$veth" -j "$veth-out"
iptables -w -D FORWARD -o "$veth" -j "$veth-in"
iptables -w -D INPUT -i "$veth" -j "$veth-host"
iptables -w -D OUTPUT -o "$veth" -j "$veth-here"
for chain in out in host here; do iptables -w -F "$veth-$chain"; iptables -w -X "$veth-$chain"; done
iptables -w -t nat -D POSTROUTING -s "$subnet" ! -o "$veth" -j MASQUERADE
ip link delete "$veth"
rm -f "$record"
if [ -e "$forwarding" ]; then
	for other in "${record%/*}"/*.json; do [ ! -e "$other" ] || exit 0; done
	echo 0 > /proc/sys/net/ipv4/ip_forward
	rm -f "$forwarding"
fi
