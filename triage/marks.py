"""Words for the lines by which our own text is known again in an answer, whatever a mail client did to it."""

#: Everything below is ours, not the writer's.
REPLY_ABOVE = "##- Please write your answer above this line -##"
#: Between these stands what the customer wrote, which may be answered line by line.
CUSTOMER_BEGINS = "##- What the customer wrote -##"
CUSTOMER_ENDS = "##- End of what the customer wrote -##"
