META
key;value
description;"A; ""small"" one"
num_projects+3
num_OTES
voter_id;vote;votes;4
budget;100.50
vote_type;approval
PROJECTS
project_id;cost;name
P1;60.25;Park
X;40;Bench
7;30;Tree
VOTES
voter_id;vote;ag