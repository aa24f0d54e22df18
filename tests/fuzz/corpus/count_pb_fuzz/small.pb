META
key;value
description;"A; ""small"" one"
num_projects;3
num_votes;4
budget;100.50
vote_type;approval
PROJECTS
project_id;cost;name
P1;60.25;Park
X;40;Bench
7;30;Tree
VOTES
voter_id;vote;age
a;P1,X;30
b;P1;
c;7,X;
d;P1;4
