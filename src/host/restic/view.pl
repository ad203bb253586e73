# Runs a program that sees directories of others at names of ours, where no link leads anywhere: `perl view.pl UNSHARE MOUNT UMOUNT AT WHAT INODE ... -- PROGRAM ...`.
# A mount namespace of its own; each directory is bound (with what is mounted in it) read-only, nosuid, nodev and nosymfollow, and must be the inode that was looked at.
# What somebody mounted there by FUSE is taken off: it is no data of this host, may refuse root, and may never answer.
use strict;
use warnings;

my $unshare = shift;
my $mount   = shift;
my $umount  = shift;
my %bind    = ( new => 0x20000, remount => 32, bind => 4096, rec => 16384, private => 262144 );
my $shut    = 1 | 2 | 4 | 256;    # rdonly, nosuid, nodev, nosymfollow
my @binds;
while ( @ARGV && $ARGV[0] ne '--' ) { push @binds, [ splice @ARGV, 0, 3 ] }
shift @ARGV;

sub refuse { print STDERR "view: @_\n"; exit 125 }

sub attach {
    my ( $what, $at, $flags ) = @_;
    my $type = "none";
    syscall( $mount + 0, $what, $at, $type, $flags + 0, 0 ) == 0
      or refuse("$at: $!");
}

# What is mounted at or below a name, with its options.
sub mounts {
    my $below = shift;
    my @found;
    open my $table, '<', '/proc/self/mountinfo' or refuse("mountinfo: $!");
    while (<$table>) {
        my ( $at, $options ) = ( split / / )[ 4, 5 ];
        my ($kind) = / - (\S+) /;
        $at =~ s/\\([0-7]{3})/chr oct $1/ge;
        push @found, [ $at, $options, $kind ]
          if $at eq $below || index( $at, "$below/" ) == 0;
    }
    return @found;
}

syscall( $unshare + 0, $bind{new} ) == 0 or refuse("unshare: $!");
attach( "none", "/", $bind{rec} | $bind{private} );
for (@binds) {
    my ( $at, $what, $inode ) = @$_;
    attach( $what, $at, $bind{bind} | $bind{rec} );
    my @stat = stat $at;
    refuse("$what is another directory than the one that was looked at")
      unless @stat && "$stat[0]:$stat[1]" eq $inode;
    for ( reverse mounts($at) ) {
        my ( $name, undef, $kind ) = @$_;
        syscall( $umount + 0, $name, 2 )
          if $kind =~ /^fuse/ && $kind ne 'fuseblk' && $name ne $at;
    }
    for ( mounts($at) ) { attach( "none", $$_[0], $bind{bind} | $bind{remount} | $shut ) }
    for ( mounts($at) ) {
        refuse("this kernel cannot keep links from being followed (5.10 can)")
          unless ",$$_[1]," =~ /,nosymfollow,/;
    }
}
exec { $ARGV[0] } @ARGV or refuse("$ARGV[0]: $!");
