-- Fewer than one call for each free agent is no ratio that the power mode can keep.

alter table dialer.campaign drop constraint campaign_power_ratio_check;
update dialer.campaign set power_ratio = 1 where power_ratio < 1;
alter table dialer.campaign add constraint campaign_power_ratio_check check (power_ratio >= 1);
