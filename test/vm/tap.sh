# Counts and prints. Sourced.
number=0 failed=0
ok() { # ok NAME WANTED GOT
    number=$((number + 1))
    case $3 in
    $2) echo "ok $number - $1";;
    *) failed=$((failed + 1)); echo "not ok $number - $1"; echo "# wanted: $2"; echo "# got:    $3";;
    esac
}
finish() { echo "1..$number"; echo "# $((number - failed)) passed, $failed failed"; [ "$failed" = 0 ]; }
load() { # load TAR: prints the image's name
    $P load -q -i "$1" | sed -n 's/^Loaded image: //p' | head -1
}
