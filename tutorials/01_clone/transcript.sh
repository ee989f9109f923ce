# Process ids, how many processes there are, the name of the host.
# varies: process \d+, a child of \d+
# varies: ^\d+$

# [demo]
01_clone --demo

# [status]
01_clone sh -c 'exit 7'; echo "status $?"
01_clone sh -c 'kill -KILL $$'; echo "status $?"
01_clone no-such-program; echo "status $?"

# [break]
sleep 4321 &
01_clone sh -c 'kill $(pidof sleep)'
sleep 1; pidof sleep || echo "the victim is dead"

# Source lines of the stepper's data, as text has them.
# varies: "line":\d+

# [stepper] in any order
01_clone --explain=json true
